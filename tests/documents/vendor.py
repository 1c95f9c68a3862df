# SPDX-License-Identifier: Apache-2.0
"""What the vendor's structures call the fields (DOCUMENTS.md, section 1), for the truth only.

A value names a neutral key: the printed text; `=key`: the normalised one; with braces: a format of printed texts.
"""

HKID = {"Sex": "=sex", "Birthday": "date_of_birth", "Permanent": "=permanent_resident", "Symbol": "symbols",
        "CurrentIssueDate": "date_of_issue"}
KTP = ("document_number", "full_name", "{place_of_birth}, {date_of_birth}", "sex", "blood_type", "address", "neighbourhood",
       "village", "district", "religion", "marital_status", "occupation",
       "nationality", "date_of_expiry", "date_of_issue", "province", "city")
KTP_NAMES = ("NIK Nama TempatTglLahir JenisKelamin GolDarah Alamat RTRW KelDesa Kecamatan Agama "
             "StatusPerkawinan Perkerjaan KewargaNegaraan BerlakuHingga IssuedDate Provinsi Kota").split()
KTP_NORMAL = ("LicenseNumber FullName Birthday Sex BloodType FormattedAddress Street Village Area Religion "
              "MaritalStatus Occupation Nationality DueDate IssuedDate Province City").split()
GENERAL = {"Birthday": "=date_of_birth", "IssuedDate": "=date_of_issue", "ExpirationDate": "=date_of_expiry",
           "DueDate": "=date_of_expiry", "Sex": "=sex", "LicenseNumber": "document_number",
           "FullName": "full_name", "FirstName": "given_names", "LastName": "surname", "FullNameLocal": "full_name_local",
           "Address": "address", "Nationality": "=nationality",
           "BirthPlace": "place_of_birth", "PersonalNumber": "personal_number", "IssuedAuthority": "issuing_authority",
           "IssuedCountry": "=issuing_state"}

STRUCTURES = {
    "HKIDCard": {
        "HKIDCard": HKID | {"CnName": "full_name_local", "EnName": "full_name", "TelexCode": "name_code",
                            "IdNum": "document_number", "FirstIssueDate": "date_of_first_issue"},
        "NormalHKIDCard": HKID | {"ChineseName": "full_name_local", "FullName": "full_name",
                                  "RegistrationNumber": "name_code", "LicenseNumber": "document_number",
                                  "IssuedDate": "date_of_first_issue",
                                  "HKIDVersion": "=variant"}},
    "MLIDCard": {
        "MLIDCard": {"Name": "full_name", "ID": "document_number", "Sex": "sex", "Address": "address",
                     "Type": "document_kind", "Birthday": "=date_of_birth"},
        "NormalMLIDCard": {"FullName": "full_name", "LicenseNumber": "document_number", "Sex": "sex",
                           "FormattedAddress": "address", "Type": "document_kind", "Birthday": "=date_of_birth"}},
    "MLDrivingLicense": {"GeneralCard": GENERAL},
    "IndonesiaIDCard": {"IndonesiaIDCard": dict(zip(KTP_NAMES, KTP)), "NormalIndonesiaIDCard": dict(zip(KTP_NORMAL, KTP))},
    "IndonesiaDrivingLicense": {"IndonesiaDrivingLicense": {"LicenseNumber": "document_number", "Birthday": "date_of_birth",
                                                            "Address": "address", "ExpirationDate": "date_of_expiry"}},
    "PhilippinesVoteID": {"PhilippinesVoteID": {"VIN": "document_number", "FirstName": "given_names", "LastName": "surname",
                                                "Birthday": "date_of_birth", "CivilStatus": "marital_status",
                                                "Citizenship": "nationality", "Address": "address",
                                                "PrecinctNo": "precinct"}},
    "PhilippinesDrivingLicense": {"PhilippinesDrivingLicense": {
        "Name": "full_name", "LastName": "surname", "FirstName": "given_names", "MiddleName": "middle_name",
        "Nationality": "nationality", "Sex": "sex", "Address": "address", "LicenseNo": "document_number",
        "ExpiresDate": "date_of_expiry", "AgencyCode": "agency_code", "Birthday": "date_of_birth"}},
    "PhilippinesTinID": {"PhilippinesTinID": {"LicenseNumber": "document_number", "FullName": "full_name",
                                              "Address": "address", "Birthday": "date_of_birth",
                                              "IssueDate": "date_of_issue"}},
    "PhilippinesSSSID": {"PhilippinesSSSID": {"LicenseNumber": "document_number", "FullName": "full_name",
                                              "Birthday": "date_of_birth"}},
    "PhilippinesUMID": {"PhilippinesUMID": {"Surname": "surname", "MiddleName": "middle_name", "GivenName": "given_names",
                                            "Sex": "sex", "Birthday": "date_of_birth", "Address": "address",
                                            "CRN": "document_number"}},
    "PhilippinesIDCard": {"GeneralCard": GENERAL},
    "ThailandIDCard": {
        "ThailandIDCard": {"LastName": "surname", "FirstName": "given_names", "LicenseNumber": "document_number",
                           "DateOfBirth": "date_of_birth.1", "DateOfExpiry": "date_of_expiry.1",
                           "DateOfIssue": "date_of_issue.1"},
        "NormalThailandIDCard": {"LicenseNumber": "document_number", "FullName": "full_name_local", "LastName": "surname",
                                 "FirstName": "given_names", "Birthday": "date_of_birth.1", "FormattedAddress": "address",
                                 "ExpirationDate": "date_of_expiry.1", "IssuedDate": "date_of_issue.1",
                                 "RegistrationNumber": "control_number", "Religion": "religion",
                                 "ThaiBirthday": "date_of_birth.0",
                                 "ThaiExpirationDate": "date_of_expiry.0", "ThaiIssueDate": "date_of_issue.0"}},
    "ThailandDrivingLicense": {"GeneralCard": GENERAL},
    "SingaporeIDCard": {"SingaporeIDCard": {
        "ChName": "full_name_local", "ChineseName": "full_name_local", "EnName": "full_name", "FullName": "full_name",
        "Sex": "sex", "CountryOfBirth": "country_of_birth", "Birthday": "date_of_birth", "Race": "race",
        "Address": "address", "PostCode": "postal_code", "DateOfIssue": "date_of_issue", "NRICCode@back": "document_number",
        "ID@front": "document_number", "LicenseNumber@front": "document_number"}},
    "SingaporeDrivingLicense": {"GeneralCard": GENERAL},
    "JapanIDCard": {"JapanIDCard": {"FullName": "full_name", "Birthday": "date_of_birth", "ExpirationDate": "date_of_expiry",
                                    "FormattedAddress": "address"}},
    "JapaneseDrivingLicense": {"GeneralCard": GENERAL},
    "MainlandIDCard": {"MainlandIDCard": {
        "FullName": "full_name", "Sex": "sex", "Nation": "ethnicity", "Birthday": "date_of_birth", "Address": "address",
        "FormattedAddress": "address", "LicenseNumber": "document_number",
        "Authority": "issuing_authority", "ValidDate": "{date_of_issue}-{date_of_expiry}"}},
    "InternationalIDPassport": {"InternationalIDPassport": {
        "LicenseNumber": "document_number", "Surname": "surname", "GivenName": "given_names", "Birthday": "date_of_birth",
        "Sex": "=sex", "DateOfExpiration": "date_of_expiry", "IssuingCountry": "=issuing_state",
        "NationalityCode": "=nationality", "PassportCodeFirst": "=mrz.0", "PassportCodeSecond": "=mrz.1"}},
}
JOINED = {"HKIDCard", "MainlandIDCard", "JapanIDCard", "JapaneseDrivingLicense"}


def text_of(truth, source):
    """None where this side does not have it."""
    key, _, place = source.lstrip("=").partition(".")
    if key == "mrz":
        return truth["mrz"]["lines"][int(place)]
    if source.startswith("="):
        return truth["variant"] if key == "variant" else truth["fields"].get(key)
    printed = truth["printed"].get(key)
    if not printed:
        return None
    if place:
        return printed[int(place)]
    return ("" if truth["type"] in JOINED else " ").join(printed)


def structures(truth):
    out = {}
    for structure, names in STRUCTURES.get(truth["type"], {}).items():
        fields = {}
        for name, source in names.items():
            name, _, side = name.partition("@")
            if side and side != truth["side"]:
                continue
            if "{" in source:
                printed = {key: lines[0] for key, lines in truth["printed"].items() if lines}
                text = source.format(**printed) if all(key in printed for key in ("date_of_expiry",
                    "date_of_issue")) or "birth" in source else None
            else:
                text = text_of(truth, source)
            if text is not None:
                fields[name] = text
        out[structure] = fields
    return out
