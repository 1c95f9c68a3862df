// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/card_info.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace selfsame::adapters::tencent {
namespace {

enum class Form : std::uint8_t {
  printed,  // as it stands there, its lines joined
  value,    // normalised: ISO 8601, ISO 3166-1, M F X, 0 1
  address,  // an object Address
};

/// A vendor's field and the neutral keys whose values it holds, in this order.
struct CardField {
  std::string_view name;
  std::array<std::string_view, 2> keys = {};
  Form form = Form::printed;
  std::string_view between = " ";
};

/// Keys of what stands in no field.
constexpr std::array<std::string_view, 2> kMrzLines = {"mrz line 1", "mrz line 2"};

struct Card {
  std::string_view member;  // of CardInfo or NormalCardInfo
  std::span<const CardField> fields;
};

using enum Form;

constexpr CardField kHkId[] = {
    {"CnName", {"full_name_local"}},
    {"EnName", {"full_name"}},
    {"TelexCode", {"name_code"}},
    {"Sex", {"sex"}, value},
    {"Birthday", {"date_of_birth"}},
    {"Permanent", {"permanent_resident"}, value},
    {"IdNum", {"document_number"}},
    {"Symbol", {"symbols"}},
    {"FirstIssueDate", {"date_of_first_issue"}},
    {"CurrentIssueDate", {"date_of_issue"}},
};
constexpr CardField kNormalHkId[] = {
    {"ChineseName", {"full_name_local"}},
    {"FullName", {"full_name"}},
    {"RegistrationNumber", {"name_code"}},
    {"Sex", {"sex"}, value},
    {"Birthday", {"date_of_birth"}},
    {"Permanent", {"permanent_resident"}, value},
    {"LicenseNumber", {"document_number"}},
    {"Symbol", {"symbols"}},
    {"IssuedDate", {"date_of_first_issue"}},
    {"CurrentIssueDate", {"date_of_issue"}},
    {"HKIDVersion", {"variant"}, value},
};
constexpr CardField kMalaysiaId[] = {
    {"Name", {"full_name"}},
    {"ID", {"document_number"}},
    {"Sex", {"sex"}},
    {"Address", {"address"}},
    {"Type", {"document_kind"}},
    {"Birthday", {"date_of_birth"}, value},
};
constexpr CardField kNormalMalaysiaId[] = {
    {"FullName", {"full_name"}},
    {"LicenseNumber", {"document_number"}},
    {"Sex", {"sex"}},
    {"FormattedAddress", {"address"}},
    {"Type", {"document_kind"}},
    {"Birthday", {"date_of_birth"}, value},
};
constexpr CardField kPhilippinesVoter[] = {
    {"VIN", {"document_number"}},
    {"FirstName", {"given_names"}},
    {"LastName", {"surname"}},
    {"Birthday", {"date_of_birth"}},
    {"CivilStatus", {"marital_status"}},
    {"Citizenship", {"nationality"}},
    {"Address", {"address"}},
    {"PrecinctNo", {"precinct"}},
};
constexpr CardField kIndonesiaId[] = {
    {"NIK", {"document_number"}},
    {"Nama", {"full_name"}},
    {"TempatTglLahir", {"place_of_birth", "date_of_birth"}, printed, ", "},
    {"JenisKelamin", {"sex"}},
    {"GolDarah", {"blood_type"}},
    {"Alamat", {"address"}},
    {"RTRW", {"neighbourhood"}},
    {"KelDesa", {"village"}},
    {"Kecamatan", {"district"}},
    {"Agama", {"religion"}},
    {"StatusPerkawinan", {"marital_status"}},
    {"Perkerjaan", {"occupation"}},
    {"KewargaNegaraan", {"nationality"}},
    {"BerlakuHingga", {"date_of_expiry"}},
    {"IssuedDate", {"date_of_issue"}},
    {"Provinsi", {"province"}},
    {"Kota", {"city"}},
};
constexpr CardField kNormalIndonesiaId[] = {
    {"LicenseNumber", {"document_number"}},
    {"FullName", {"full_name"}},
    {"Birthday", {"place_of_birth", "date_of_birth"}, printed, ", "},
    {"Sex", {"sex"}},
    {"BloodType", {"blood_type"}},
    {"FormattedAddress", {"address"}},
    {"Street", {"neighbourhood"}},
    {"Village", {"village"}},
    {"Area", {"district"}},
    {"Religion", {"religion"}},
    {"MaritalStatus", {"marital_status"}},
    {"Occupation", {"occupation"}},
    {"Nationality", {"nationality"}},
    {"DueDate", {"date_of_expiry"}},
    {"IssuedDate", {"date_of_issue"}},
    {"Province", {"province"}},
    {"City", {"city"}},
};
constexpr CardField kPhilippinesDriver[] = {
    {"Name", {"full_name"}},
    {"LastName", {"surname"}},
    {"FirstName", {"given_names"}},
    {"MiddleName", {"middle_name"}},
    {"Nationality", {"nationality"}},
    {"Sex", {"sex"}},
    {"Address", {"address"}},
    {"LicenseNo", {"document_number"}},
    {"ExpiresDate", {"date_of_expiry"}},
    {"AgencyCode", {"agency_code"}},
    {"Birthday", {"date_of_birth"}},
};
constexpr CardField kPhilippinesTin[] = {
    {"LicenseNumber", {"document_number"}},
    {"FullName", {"full_name"}},
    {"Address", {"address"}},
    {"Birthday", {"date_of_birth"}},
    {"IssueDate", {"date_of_issue"}},
};
constexpr CardField kPhilippinesSss[] = {
    {"LicenseNumber", {"document_number"}},
    {"FullName", {"full_name"}},
    {"Birthday", {"date_of_birth"}},
};
constexpr CardField kPhilippinesUmid[] = {
    {"Surname", {"surname"}},
    {"MiddleName", {"middle_name"}},
    {"GivenName", {"given_names"}},
    {"Sex", {"sex"}},
    {"Birthday", {"date_of_birth"}},
    {"Address", {"address"}},
    {"CRN", {"document_number"}},
};
constexpr CardField kPassport[] = {
    {"LicenseNumber", {"document_number"}},
    {"FullName", {"full_name"}},
    {"Surname", {"surname"}},
    {"GivenName", {"given_names"}},
    {"Birthday", {"date_of_birth"}},
    {"Sex", {"sex"}, value},
    {"DateOfExpiration", {"date_of_expiry"}},
    {"IssuingCountry", {"issuing_state"}, value},
    {"NationalityCode", {"nationality"}, value},
    {"PassportCodeFirst", {kMrzLines.at(0)}},
    {"PassportCodeSecond", {kMrzLines.at(1)}},
};
constexpr CardField kGeneral[] = {
    {"LicenseNumber", {"document_number"}},
    {"PersonalNumber", {"personal_number"}},
    {"PassportCodeFirst", {kMrzLines.at(0)}},
    {"PassportCodeSecond", {kMrzLines.at(1)}},
    {"ExpirationDate", {"date_of_expiry"}, value},
    {"DueDate", {"date_of_expiry"}, value},
    {"IssuedDate", {"date_of_issue"}, value},
    {"IssuedAuthority", {"issuing_authority"}},
    {"IssuedCountry", {"issuing_state"}, value},
    {"FullName", {"full_name"}},
    {"FirstName", {"given_names"}},
    {"LastName", {"surname"}},
    {"Sex", {"sex"}, value},
    {"Age"},
    {"Birthday", {"date_of_birth"}, value},
    {"BirthPlace", {"place_of_birth"}},
    {"Nationality", {"nationality"}, value},
    {"RegistrationNumber", {"control_number"}},
    {"Address", {"address"}, address},
    {"FullNameLocal", {"full_name_local"}},
    {"FirstNameLocal"},
    {"LastNameLocal"},
};
constexpr CardField kIndonesiaDriver[] = {
    {"LastName", {"surname"}},
    {"FirstName", {"given_names"}},
    {"LicenseNumber", {"document_number"}},
    {"Birthday", {"date_of_birth"}},
    {"Address", {"address"}},
    {"ExpirationDate", {"date_of_expiry"}},
    {"IssuedDate", {"date_of_issue"}},
    {"IssuedCountry", {"issuing_state"}, value},
};
constexpr CardField kThailandId[] = {
    {"LastName", {"surname"}},
    {"FirstName", {"given_names"}},
    {"LicenseNumber", {"document_number"}},
    {"DateOfBirth", {"date_of_birth"}},
    {"DateOfExpiry", {"date_of_expiry"}},
    {"DateOfIssue", {"date_of_issue"}},
    {"IssuedCountry", {"issuing_state"}, value},
};
constexpr CardField kNormalThailandId[] = {
    {"LicenseNumber", {"document_number"}},
    {"FullName", {"full_name_local"}},
    {"LastName", {"surname"}},
    {"FirstName", {"given_names"}},
    {"Birthday", {"date_of_birth"}, value},
    {"FormattedAddress", {"address"}},
    {"ExpirationDate", {"date_of_expiry"}, value},
    {"IssuedDate", {"date_of_issue"}, value},
    {"RegistrationNumber", {"control_number"}},
    {"Religion", {"religion"}},
    {"ThaiBirthday", {"date_of_birth"}},
    {"ThaiExpirationDate", {"date_of_expiry"}},
    {"ThaiIssueDate", {"date_of_issue"}},
};
constexpr CardField kSingaporeId[] = {
    {"ChName", {"full_name_local"}},
    {"ChineseName", {"full_name_local"}},
    {"EnName", {"full_name"}},
    {"FullName", {"full_name"}},
    {"ID", {"document_number"}},
    {"LicenseNumber", {"document_number"}},
    {"Sex", {"sex"}},
    {"CountryOfBirth", {"country_of_birth"}},
    {"Nationality", {"country_of_birth"}},
    {"Birthday", {"date_of_birth"}},
    {"Address", {"address"}},
    {"Race", {"race"}},
    {"NRICCode", {"document_number"}},
    {"PostCode", {"postal_code"}},
    {"DateOfExpiration", {"date_of_expiry"}},
    {"DateOfIssue", {"date_of_issue"}},
};
constexpr CardField kJapanId[] = {
    {"FullName", {"full_name"}},
    {"LicenseNumber", {"document_number"}},
    {"Age"},
    {"Birthday", {"date_of_birth"}},
    {"ExpirationDate", {"date_of_expiry"}},
    {"FormattedAddress", {"address"}},
};
constexpr CardField kMainlandId[] = {
    {"FullName", {"full_name"}},
    {"Sex", {"sex"}},
    {"Nation", {"ethnicity"}},
    {"Birthday", {"date_of_birth"}},
    {"Address", {"address"}},
    {"LicenseNumber", {"document_number"}},
    {"FormattedAddress", {"address"}},
    {"Authority", {"issuing_authority"}},
    {"ValidDate", {"date_of_issue", "date_of_expiry"}, printed, "-"},
};
constexpr std::string_view kGeneralCard = "GeneralCard";

constexpr Card kCards[] = {
    {"HKIDCard", kHkId},
    {"MLIDCard", kMalaysiaId},
    {"PhilippinesVoteID", kPhilippinesVoter},
    {"IndonesiaIDCard", kIndonesiaId},
    {"PhilippinesDrivingLicense", kPhilippinesDriver},
    {"PhilippinesTinID", kPhilippinesTin},
    {"PhilippinesSSSID", kPhilippinesSss},
    {"PhilippinesUMID", kPhilippinesUmid},
    {"InternationalIDPassport", kPassport},
    {kGeneralCard, kGeneral},
    {"IndonesiaDrivingLicense", kIndonesiaDriver},
    {"ThailandIDCard", kThailandId},
    {"SingaporeIDCard", kSingaporeId},
    {"MacaoIDCard", {}},
    {"TaiWanIDCard", {}},
    {"JapanIDCard", kJapanId},
    {"BangladeshIDCard", {}},
    {"NigeriaIDCard", {}},
    {"NigeriaDrivingLicense", {}},
    {"PakistanIDCard", {}},
    {"PakistanDrivingLicense", {}},
};
constexpr Card kNormalCards[] = {
    {"HKIDCard", kNormalHkId},
    {"MLIDCard", kNormalMalaysiaId},
    {"PhilippinesVoteID", kPhilippinesVoter},
    {"IndonesiaIDCard", kNormalIndonesiaId},
    {"PhilippinesDrivingLicense", kPhilippinesDriver},
    {"PhilippinesTinID", kPhilippinesTin},
    {"PhilippinesSSSID", kPhilippinesSss},
    {"PhilippinesUMID", kPhilippinesUmid},
    {"InternationalIDPassport", kPassport},
    {kGeneralCard, kGeneral},
    {"IndonesiaDrivingLicense", kIndonesiaDriver},
    {"ThailandIDCard", kNormalThailandId},
    {"SingaporeIDCard", kSingaporeId},
    {"MacaoIDCard", {}},
    {"MainlandIDCard", kMainlandId},
    {"JapanIDCard", kJapanId},
    {"TaiWanIDCard", {}},
    {"HMTPermitCard", {}},
};

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

/// Lines of Latin script with a blank between them, others with none.
std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    if (line.empty()) continue;
    if (!text.empty() && (is_ascii(text.back()) || is_ascii(line.front()))) text += ' ';
    text += line;
  }
  return text;
}

std::string text_of(const core::FieldValue& field, Form form) {
  return form == value || field.printed.empty() ? field.value : joined(field.printed);
}

std::string text_of(const CardRead& read, const CardField& field) {
  std::string text;
  for (const std::string_view key : field.keys) {
    const auto line = std::ranges::find(kMrzLines, key) - kMrzLines.begin();
    if (static_cast<std::size_t>(line) < std::min(kMrzLines.size(), read.mrz_lines.size())) {
      return read.mrz_lines[static_cast<std::size_t>(line)];
    }
    const core::FieldValue* const found = key.empty() ? nullptr : read.fields.find(key);
    if (found == nullptr) continue;
    if (!text.empty()) text += field.between;
    text += text_of(*found, field.form);
  }
  return text;
}

void text_or_null(Fields& fields, std::string_view name, std::string_view text) {
  if (text.empty()) {
    fields.null(name);
  } else {
    fields.text(name, text);
  }
}

Fields address_of(const core::DocumentFields& read, std::string_view whole) {
  static constexpr std::array<std::string_view, 5> kLines = {
      "LineOne", "LineTwo", "LineThree", "LineFour", "LineFive"
  };
  const core::FieldValue* const postal_code = read.find("postal_code");
  const core::FieldValue* const lines = read.find("address");
  Fields fields;
  fields.null("Country");
  text_or_null(fields, "PostalCode", postal_code == nullptr ? "" : postal_code->value);
  fields.null("Subdivision");
  fields.null("City");
  fields.text("FormattedAddress", whole);
  for (std::size_t i = 0; i < kLines.size(); ++i) {
    const bool is_there = lines != nullptr && i < lines->printed.size();
    text_or_null(fields, kLines.at(i), is_there ? lines->printed[i] : "");
  }
  return fields;
}

Fields card_of(const Card& card, const CardRead& read) {
  Fields fields;
  for (const CardField& field : card.fields) {
    const std::string text = text_of(read, field);
    if (field.form == address && !text.empty()) {
      fields.object(field.name, address_of(read.fields, text));
    } else {
      text_or_null(fields, field.name, text);
    }
  }
  return fields;
}

/// The member that a document of this type fills; empty: none.
std::string_view filled_of(std::span<const Card> all, std::string_view type) {
  const bool has_its_own = std::ranges::any_of(all, [type](const Card& card) {
    return card.member == type && !card.fields.empty();
  });
  return has_its_own || type.empty() ? type : kGeneralCard;
}

Fields cards(std::span<const Card> all, const CardRead& read) {
  const std::string_view filled = filled_of(all, read.type);
  Fields fields;
  for (const Card& card : all) {
    if (card.member == filled) {
      fields.object(card.member, card_of(card, read));
    } else {
      fields.null(card.member);
    }
  }
  return fields;
}

}  // namespace

Fields card_info(const CardRead& read) {
  return cards(kCards, read);
}

Fields normal_card_info(const CardRead& read) {
  return cards(kNormalCards, read);
}

Fields card_alone(const CardRead& read) {
  const std::string_view filled = filled_of(kCards, read.type);
  const auto* const card = std::ranges::find(kCards, filled, &Card::member);
  return card == std::end(kCards) ? Fields() : card_of(*card, read);
}

std::string_view normal_field_name(std::string_view type, std::string_view field) {
  const std::string_view filled = filled_of(kNormalCards, type);
  const auto* const card = std::ranges::find(kNormalCards, filled, &Card::member);
  if (card == std::end(kNormalCards)) return field;
  const auto it = std::ranges::find_if(card->fields, [field](const CardField& one) {
    return std::ranges::find(one.keys, field) != one.keys.end();
  });
  return it == card->fields.end() ? field : it->name;
}

}  // namespace selfsame::adapters::tencent
