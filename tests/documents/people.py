# SPDX-License-Identifier: Apache-2.0
"""Invented people: names, dates and addresses as they are printed in each country."""

import calendar
import datetime

from canvas import PORTRAITS
from serials import pick

TODAY = datetime.date(2026, 6, 1)
MONTHS = tuple(calendar.month_abbr[1:])
THAI_MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
THAI_MONTHS_LONG = ("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน",
                    "ตุลาคม", "พฤศจิกายน", "ธันวาคม")


def day_between(rng, first, last):
    return first + datetime.timedelta(days=int(rng.integers((last - first).days)))


def years_later(date, years):
    return date.replace(year=date.year + years, day=28 if (date.month, date.day) == (2, 29) else date.day)


def birthday(rng, youngest=18, oldest=76):
    return day_between(rng, years_later(TODAY, -oldest), years_later(TODAY, -youngest))


def issued(rng, birth, valid_years, past=0.12):
    """A date of issue not before the age of 16; mostly still valid."""
    oldest = years_later(TODAY, -valid_years - 4) if rng.random() < past else years_later(TODAY, -valid_years)
    earliest = max(oldest, years_later(birth, 16))
    return day_between(rng, earliest, TODAY - datetime.timedelta(days=20))


def sex_and_portrait(rng):
    """Drawn so that either sex is common though only one photo is a woman's."""
    sex = "F" if rng.random() < 0.45 else "M"
    return sex, pick(rng, [name for name, (_, whose, _) in PORTRAITS.items() if whose == sex])


def japanese_era(date):
    for era, start in (("令和", datetime.date(2019, 5, 1)), ("平成", datetime.date(1989, 1, 8)),
                       ("昭和", datetime.date(1926, 12, 25))):
        if date >= start:
            return era, date.year - start.year + 1
    raise ValueError(date)


# Character, Cantonese as on Hong Kong's cards, telegraph code, Mandarin.
HK_SURNAMES = """陳 CHAN 7115|李 LEE 2621|王 WONG 3769|張 CHEUNG 1728|黃 WONG 7806|林 LAM 2651|吳 NG 0702|劉 LAU 0491
何 HO 0149|梁 LEUNG 2733|鄭 CHENG 6774|周 CHOW 0719|羅 LAW 5012|葉 YIP 5509|楊 YEUNG 2799|馮 FUNG 7458|蔡 CHOI 5591
曾 TSANG 2582|朱 CHU 2612|許 HUI 6079|鄧 TANG 6772|蘇 SO 5685|歐陽 AU YEUNG 2962 7122|司徒 SZETO 0674 1778|潘 POON 3382"""
HK_GIVEN = """志 CHI 1807|明 MING 2494|偉 WAI 0251|強 KEUNG 1730|家 KA 1367|美 MEI 5019|玲 LING 3781|華 WAH 5478|國 KWOK 0948
英 YING 5391|麗 LAI 7787|珍 CHUN 3791|小 SIU 1420|芳 FONG 5364|永 WING 3057|德 TAK 1795|輝 FAI 6540|俊 CHUN 0193|健 KIN 0256
慧 WAI 1979|敏 MAN 2404|玉 YUK 3768|蓮 LIN 5571|秀 SAU 4423|蘭 LAN 5695|嘉 KA 0857|欣 YAN 2946|詩 SZE 6108|浩 HO 3185
然 YIN 3544|樂 LOK 2867|思 SZE 1835|琪 KI 3825|子 TSZ 1311|軒 HIN 6513|雅 NGA 7161|婷 TING 1260|怡 YI 1845|君 KWAN 0689|文 MAN 2429"""


def table(text):
    rows = [row.strip() for row in text.replace("\n", "|").split("|")]
    return [row.split(" ") for row in rows if row]


def hongkong(rng):
    """Chinese name, "CHAN, Tai Man", telegraph codes."""
    surname, given = pick(rng,
                          table(HK_SURNAMES)), [pick(rng, table(HK_GIVEN)) for _ in range(2 if rng.random() < 0.9 else 1)]
    latin = [each for each in surname[1:] if each.isalpha()]
    codes = [each for each in surname[1:] if each.isdigit()] + [each[2] for each in given]
    written = " ".join(each[1].capitalize() for each in given)
    western = pick(rng, ("Peter", "Grace", "Alan", "Joyce", "Kelvin", "Vivian")) if rng.random() < 0.15 else ""
    return (surname[0] + "".join(each[0] for each in given), f"{' '.join(latin)}, {written}{' ' * bool(western)}{western}",
            " ".join(codes))


MALAY_M = ("AHMAD", "MUHAMMAD HAFIZ", "MOHD FARID", "AZMAN", "ISKANDAR", "KHAIRUL ANWAR", "SYED IBRAHIM", "ROSLAN",
           "ZULKIFLI",
           "MUHAMMAD AIMAN", "HAIRI", "FAIZAL", "SHAHRUL NIZAM")
MALAY_F = ("NUR AISYAH", "SITI AMINAH", "NURUL HUDA", "FARAH", "ROHANA", "NOR AZLINA", "ZALEHA", "SITI NURHALIZA",
           "INTAN SURAYA", "MARIAM")
MALAY_FATHER = ("ABDULLAH", "OSMAN", "RAHMAN", "HASSAN", "YUSOF", "ISMAIL", "ABDUL KARIM", "MOHD SALLEH", "IBRAHIM",
                "JAAFAR")
STRAITS_SURNAMES = (("TAN", "陈"), ("LIM", "林"), ("LEE", "李"), ("NG", "黄"), ("WONG", "王"), ("GOH", "吴"), ("CHUA", "蔡"),
                    ("ONG", "王"),
                    ("KOH", "许"), ("TEO", "张"), ("CHAN", "陈"), ("HO", "何"), ("YEO", "杨"), ("SIM", "沈"))
STRAITS_GIVEN = (("WEI", "伟"), ("MING", "明"), ("HUI", "慧"), ("SIEW", "秀"), ("HUA", "华"), ("JUN", "俊"), ("JIE", "杰"),
                 ("XIN", "欣"), ("YI", "怡"),
                 ("LING", "玲"), ("KAI", "凯"), ("SENG", "成"), ("HOCK", "福"), ("BEE", "美"), ("CHENG", "清"), ("MEI", "美"),
                 ("YONG", "勇"))
INDIAN_M, INDIAN_F = ("RAJESH", "KUMAR", "SURESH", "ARUN", "VIJAY", "GANESAN"), ("PRIYA", "KAVITHA", "LAKSHMI", "DEEPA",
    "MALATHI")
INDIAN_FATHER = ("SUBRAMANIAM", "KRISHNAN", "MUTHU", "RAMASAMY", "NAIDU", "PERUMAL")


def straits(rng, sex, malay=0.5):
    """A name of Malaysia or Singapore, its Chinese characters or "", the race."""
    draw = rng.random()
    if draw < malay:
        given, of = (MALAY_M, "BIN") if sex == "M" else (MALAY_F, "BINTI")
        return f"{pick(rng, given)} {of} {pick(rng, MALAY_FATHER)}", "", "MALAY"
    if draw > 0.88:
        given, of = (INDIAN_M, "A/L") if sex == "M" else (INDIAN_F, "A/P")
        return f"{pick(rng, given)} {of} {pick(rng, INDIAN_FATHER)}", "", "INDIAN"
    surname, given = pick(rng, STRAITS_SURNAMES), [pick(rng, STRAITS_GIVEN) for _ in range(2)]
    return (f"{surname[0]} {given[0][0]} {given[1][0]}", surname[1] + given[0][1] + given[1][1], "CHINESE")


MY_PLACES = (("50450", "KUALA LUMPUR", "W. PERSEKUTUAN(KL)", "14"), ("40100", "SHAH ALAM", "SELANGOR", "10"),
             ("11900", "BAYAN LEPAS", "PULAU PINANG", "07"),
             ("80100", "JOHOR BAHRU", "JOHOR", "01"), ("75350", "MELAKA", "MELAKA", "04"), ("30450", "IPOH", "PERAK", "08"),
             ("93350", "KUCHING", "SARAWAK", "13"),
             ("88300", "KOTA KINABALU", "SABAH", "12"), ("25200", "KUANTAN", "PAHANG", "06"),
             ("15200", "KOTA BHARU", "KELANTAN", "03"), ("05050", "ALOR SETAR", "KEDAH", "02"))
MY_STREETS = ("JALAN BUKIT BINTANG", "JALAN MAWAR 3", "LORONG SERI DAMAI", "JALAN TUN RAZAK", "JALAN MERANTI 2/4",
              "JALAN DATO ONN", "LORONG KENANGA 7", "JALAN SULTAN ISMAIL")
MY_AREAS = ("TAMAN DESA JAYA", "KAMPUNG BARU", "TAMAN SRI MUDA", "BANDAR BARU", "TAMAN MELATI", "SEKSYEN 7")


def malaysian_address(rng):
    code, town, state, number = pick(rng, MY_PLACES)
    lines = [f"{pick(rng, ('NO ', 'LOT ', ''))}{rng.integers(1, 240)}{pick(rng, ('', '', 'A', '-2'))} {pick(rng, MY_STREETS)}"]
    if rng.random() < 0.75:
        lines.append(pick(rng, MY_AREAS))
    return [*lines, f"{code} {town}", state], number


ID_M = ("BUDI SANTOSO", "AGUS SETIAWAN", "JOKO PRASETYO", "RIZKY PRATAMA", "HENDRA WIJAYA", "DEDI KURNIAWAN",
        "MUHAMMAD FAUZAN", "BAMBANG SUSILO", "I MADE SUARDANA",
        "YOHANES SIMANJUNTAK", "ANDI FIRMANSYAH", "WAHYU HIDAYAT", "EKO NUGROHO", "TEGUH WIBOWO")
ID_F = ("SITI RAHAYU", "DEWI LESTARI", "SRI WAHYUNI", "RINA MARLINA", "NURUL FITRIANI", "MEGAWATI PUTRI", "NI LUH AYU",
        "MARIA GORETTI", "INDAH PERMATASARI", "YULIANA", "RATNA SARI")
ID_PLACES = (("3171", "DKI JAKARTA", "JAKARTA PUSAT", "JAKARTA PUSAT"),
             ("3174", "DKI JAKARTA", "JAKARTA SELATAN", "JAKARTA SELATAN"),
             ("3273", "JAWA BARAT", "KOTA BANDUNG", "BANDUNG"),
             ("3276", "JAWA BARAT", "KOTA DEPOK", "DEPOK"), ("3201", "JAWA BARAT", "KABUPATEN BOGOR", "BOGOR"),
             ("3374", "JAWA TENGAH", "KOTA SEMARANG", "SEMARANG"),
             ("3404", "DAERAH ISTIMEWA YOGYAKARTA", "KABUPATEN SLEMAN", "SLEMAN"),
             ("3578", "JAWA TIMUR", "KOTA SURABAYA", "SURABAYA"), ("3573", "JAWA TIMUR", "KOTA MALANG", "MALANG"),
             ("3671", "BANTEN", "KOTA TANGERANG", "TANGERANG"), ("5171", "BALI", "KOTA DENPASAR", "DENPASAR"),
             ("1271", "SUMATERA UTARA", "KOTA MEDAN", "MEDAN"),
             ("7371", "SULAWESI SELATAN", "KOTA MAKASSAR", "MAKASSAR"))
ID_STREETS = ("JL. MERDEKA", "JL. SUDIRMAN", "JL. DIPONEGORO", "JL. GATOT SUBROTO", "GG. MELATI", "JL. KEBON JERUK",
              "PERUM GRIYA ASRI BLOK C", "JL. AHMAD YANI", "DUSUN KRAJAN", "JL. RAYA CILANDAK")
ID_VILLAGES = (("CITARUM", "BANDUNG WETAN"), ("MENTENG", "MENTENG"), ("KEBAYORAN", "KEBAYORAN BARU"),
               ("SUKAMAJU", "CILODONG"), ("LOWOKWARU", "LOWOKWARU"), ("CATURTUNGGAL", "DEPOK"),
               ("KARANGANYAR", "SAWAH BESAR"), ("SUKASARI", "TANGERANG"), ("DAUH PURI", "DENPASAR BARAT"),
               ("TEGALREJO", "ARGOMULYO"))
ID_WORK = ("KARYAWAN SWASTA", "WIRASWASTA", "PELAJAR/MAHASISWA", "PEGAWAI NEGERI SIPIL", "MENGURUS RUMAH TANGGA", "GURU",
           "PETANI/PEKEBUN", "BURUH HARIAN LEPAS", "PEDAGANG")

PH_SURNAMES = ("DELA CRUZ", "REYES", "SANTOS", "GARCIA", "BAUTISTA", "MENDOZA", "AQUINO", "VILLANUEVA", "RAMOS", "CASTILLO",
               "DE GUZMAN", "MERCADO", "SALAZAR", "PASCUAL", "ILAGAN")
PH_M = ("JUAN PEDRO", "JOSE", "CARLO MIGUEL", "RAMON", "MARK ANTHONY", "ANGELO", "JOHN PAUL", "EDUARDO", "RODRIGO",
        "FERDINAND")
PH_F = ("MARIA CLARA", "ANNA LIZA", "JUANA MARIE", "ROSARIO", "CRISTINA", "MARIA TERESA", "JENNIFER", "LOURDES", "ANGELICA",
        "IMELDA")
PH_STREETS = ("MABINI ST", "RIZAL AVE", "SISA ST", "SAMPAGUITA ST", "BONIFACIO ST", "LUNA ST", "DEL PILAR ST",
              "KALAYAAN AVE")
PH_BARANGAYS = ("BRGY SAN ISIDRO", "BRGY POBLACION", "BRGY SANTO NINO", "BRGY 526", "BRGY SAN ROQUE", "BRGY MALINTA")
PH_TOWNS = (("QUEZON CITY", "METRO MANILA", "1100"), ("MAKATI CITY", "METRO MANILA", "1200"),
            ("PASIG CITY", "METRO MANILA", "1600"), ("CEBU CITY", "CEBU", "6000"), ("DAVAO CITY", "DAVAO DEL SUR", "8000"),
            ("BACOOR", "CAVITE", "4102"), ("ANTIPOLO CITY", "RIZAL", "1870"), ("BAGUIO CITY", "BENGUET", "2600"))


def filipino(rng, sex):
    return pick(rng, PH_SURNAMES), pick(rng, PH_M if sex == "M" else PH_F), pick(rng, PH_SURNAMES)


def filipino_address(rng):
    town, province, code = pick(rng, PH_TOWNS)
    house = pick(rng, (f"{rng.integers(1, 990)}", f"BLK {rng.integers(1, 30)} LOT {rng.integers(1, 40)}",
                       f"UNIT {rng.integers(1, 30)}"))
    return [f"{house} {pick(rng, PH_STREETS)}", pick(rng, PH_BARANGAYS), town, province], code


# Thai and as its bearer writes it in Latin.
TH_M = (("สมชาย", "Somchai"), ("วิชัย", "Wichai"), ("ประเสริฐ", "Prasert"), ("ธนพล", "Thanaphon"), ("กิตติ", "Kitti"),
        ("อนุชา", "Anucha"), ("สุรชัย", "Surachai"), ("ณัฐพล", "Natthaphon"), ("พงศกร", "Phongsakon"))
TH_F = (("มาลี", "Malee"), ("สมหญิง", "Somying"), ("สุดา", "Suda"), ("กนกวรรณ", "Kanokwan"), ("พรทิพย์", "Phornthip"),
        ("อรุณี", "Arunee"), ("ปิยะดา", "Piyada"), ("จันทร์เพ็ญ", "Chanphen"))
TH_SURNAMES = (("ใจดี", "Jaidee"), ("รักไทย", "Rakthai"), ("ศรีสุข", "Srisuk"), ("ทองดี", "Thongdee"), ("บุญมา", "Boonma"),
               ("แก้วมณี", "Kaewmanee"), ("วงศ์ไทย", "Wongthai"), ("สุขสวัสดิ์", "Suksawat"),
               ("พูลสวัสดิ์", "Phulsawat"), ("เจริญสุข", "Charoensuk"), ("มั่นคง", "Mankhong"), ("สายทอง", "Saithong"))
TH_PLACES = (("ต.บางพลีใหญ่", "อ.บางพลี", "จ.สมุทรปราการ"), ("ต.สุเทพ", "อ.เมืองเชียงใหม่", "จ.เชียงใหม่"),
             ("แขวงลาดยาว", "เขตจตุจักร", "กรุงเทพมหานคร"), ("แขวงสีลม", "เขตบางรัก", "กรุงเทพมหานคร"),
             ("ต.ในเมือง", "อ.เมืองขอนแก่น", "จ.ขอนแก่น"), ("ต.ปากเกร็ด", "อ.ปากเกร็ด", "จ.นนทบุรี"),
             ("ต.หาดใหญ่", "อ.หาดใหญ่", "จ.สงขลา"), ("ต.บ้านใหม่", "อ.เมืองนครราชสีมา", "จ.นครราชสีมา"))
TH_STREETS = ("ถ.สุขุมวิท", "ถ.พหลโยธิน", "ถ.มิตรภาพ", "ซ.ลาดพร้าว 15", "หมู่ที่ 4", "หมู่ที่ 7", "หมู่ที่ 11", "ถ.เพชรเกษม")


def thai(rng, sex):
    """Titles, given name and surname, each in Thai and Latin."""
    title = pick(rng, (("นาย", "Mr."),) if sex == "M" else (("น.ส.", "Miss"), ("นาง", "Mrs.")))
    return title, pick(rng, TH_M if sex == "M" else TH_F), pick(rng, TH_SURNAMES)


def thai_address(rng):
    tambon, amphoe, province = pick(rng, TH_PLACES)
    return [f"{rng.integers(1, 400)}{pick(rng, ('', '/1', '/23', '/5'))} {pick(rng, TH_STREETS)} {tambon}",
            f"{amphoe} {province}"]


JP_SURNAMES = "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 松本 井上 木村 斎藤 清水 長谷川 森".split()
JP_M, JP_F = "太郎 健一 翔太 大輔 拓也 直樹 雄一郎 誠 和也 隆".split(), "花子 美咲 由美子 恵 さくら 陽子 千尋 愛 裕子 真由美".split()
JP_PLACES = (("東京都", "千代田区", "霞が関", "30"), ("東京都", "世田谷区", "三軒茶屋", "30"), ("神奈川県", "横浜市中区", "日本大通", "45"),
             ("大阪府", "大阪市北区", "中之島", "62"), ("愛知県", "名古屋市中区", "三の丸", "54"),
             ("北海道", "札幌市中央区", "北三条西", "10"), ("福岡県", "福岡市博多区", "東公園", "90"), ("京都府", "京都市上京区", "藪之内町", "61"),
             ("千葉県", "市川市", "八幡", "44"), ("埼玉県", "川口市", "青木", "43"))
JP_HOUSES = ("コーポ", "ハイツ", "マンション", "メゾン")


def japanese(rng, sex):
    return pick(rng, JP_SURNAMES), pick(rng, JP_M if sex == "M" else JP_F)


def japanese_address(rng):
    prefecture, city, area, number = pick(rng, JP_PLACES)
    chome, block, house = (int(each) for each in rng.integers(1, (9, 30, 30)))
    street = f"{area}{chome}丁目{block}番{house}号" if rng.random() < 0.5 else f"{area}{chome}-{block}-{house}"
    lines = [f"{prefecture}{city}{street}"]
    if rng.random() < 0.4:
        lines.append(f"{area[:2]}{pick(rng, JP_HOUSES)}{rng.integers(101, 909)}")
    return lines, prefecture, city, number


CN_SURNAMES = "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 高 罗 郑 梁 谢 宋 唐 欧阳 上官".split()
CN_M, CN_F = "伟 强 磊 军 勇 杰 涛 明 超 建国 志强 文博 浩然 子轩 俊杰 海波 国栋".split(), "芳 娜 敏 静 丽 艳 娟 霞 秀英 桂英 雨欣 梓涵 雅婷 思琪 晓红 美玲".split()
CN_ETHNICITIES = ("汉",) * 12 + ("满", "回", "壮", "苗", "维吾尔", "土家", "彝", "蒙古", "藏")
CN_PLACES = (("110105", "北京市", "朝阳区"), ("310101", "上海市", "黄浦区"), ("440305", "广东省深圳市", "南山区"), ("330106", "浙江省杭州市", "西湖区"),
             ("510104", "四川省成都市", "锦江区"), ("420106", "湖北省武汉市", "武昌区"),
             ("320102", "江苏省南京市", "玄武区"), ("610113", "陕西省西安市", "雁塔区"), ("500103", "重庆市", "渝中区"), ("350203", "福建省厦门市", "思明区"),
             ("370202", "山东省青岛市", "市南区"), ("210102", "辽宁省沈阳市", "和平区"),
             ("430102", "湖南省长沙市", "芙蓉区"), ("530102", "云南省昆明市", "五华区"))
CN_STREETS = ("建国路", "人民路", "解放大道", "中山北路", "文化街", "长江路", "学府路", "和平街", "光明巷", "滨河东路")


def mainland(rng, sex):
    return pick(rng, CN_SURNAMES) + pick(rng, CN_M if sex == "M" else CN_F)


def mainland_address(rng):
    region, city, district = pick(rng, CN_PLACES)
    tail = pick(rng, (f"{rng.integers(1, 30)}号楼{rng.integers(1, 7)}单元{rng.integers(101, 2500)}室",
                      f"{rng.integers(1, 40)}栋{rng.integers(101, 3200)}室", ""))
    station = f"{city.split('省')[-1]}公安局{district[:-1]}分局"
    return f"{city}{district}{pick(rng, CN_STREETS)}{rng.integers(1, 400)}号{tail}", region, station


def wrapped(text, width):
    return [text[at:at + width] for at in range(0, len(text), width)]
