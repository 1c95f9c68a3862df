// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/document_json.h"

#include <boost/json/array.hpp>
#include <cmath>

namespace selfsame::adapters::native {
namespace {

namespace json = boost::json;

json::array quad_json(const vision::Quad& quad) {
  json::array points;
  for (const vision::Point p : quad) {
    const auto tenth = [](float v) { return std::round(static_cast<double>(v) * 10) / 10; };
    points.push_back(json::array{tenth(p.x), tenth(p.y)});
  }
  return points;
}

const char* name_of(core::MrzCheck check) {
  switch (check) {
    case core::MrzCheck::right:
      return "right";
    case core::MrzCheck::wrong:
      return "wrong";
    case core::MrzCheck::absent:
      return "absent";
  }
  return "wrong";
}

json::value mrz_json(const vision::DocumentReading& reading) {
  if (!reading.mrz) return nullptr;
  const core::Mrz& zone = *reading.mrz;
  const auto date = [](const auto& d) {
    return d ? json::value(core::iso_date(*d)) : json::value();
  };
  return json::object{
      {"valid", zone.is_valid()},
      {"format", core::name_of(zone.format)},
      {"lines", json::array(zone.lines.begin(), zone.lines.end())},
      {"fields",
       {{"document_code", zone.document_code},
        {"issuing_state", zone.issuing_state},
        {"surname", zone.surname},
        {"given_names", zone.given_names},
        {"document_number", zone.number},
        {"nationality", zone.nationality},
        {"date_of_birth", date(zone.birth_date)},
        {"sex", zone.sex},
        {"date_of_expiry", date(zone.expiry_date)},
        {"optional_data", zone.optional_data},
        {"optional_data_2", zone.optional_data2}}},
      {"checks",
       {{"document_number", name_of(zone.checks.number)},
        {"date_of_birth", name_of(zone.checks.birth_date)},
        {"date_of_expiry", name_of(zone.checks.expiry_date)},
        {"personal_number", name_of(zone.checks.personal_number)},
        {"composite", name_of(zone.checks.composite)}}},
      {"quad", reading.mrz_quad ? json::value(quad_json(*reading.mrz_quad)) : json::value()}
  };
}

json::object printed_json(const core::DocumentFields& fields) {
  json::object object;
  for (const auto& field : fields.fields) {
    if (field.printed.empty()) continue;
    object[field.name] = json::array(field.printed.begin(), field.printed.end());
  }
  return object;
}

}  // namespace

json::object document_fields_json(const core::DocumentFields& fields) {
  json::object object;
  for (const auto& field : fields.fields) object[field.name] = field.value;
  return object;
}

namespace {

json::array picture_warnings_json(const std::vector<core::DocumentWarning>& warnings) {
  json::array names;
  for (const core::DocumentWarning warning : warnings) {
    names.emplace_back(core::name_of(warning));
  }
  return names;
}

}  // namespace

json::array document_findings_json(const core::DocumentFields& fields) {
  json::array array;
  for (const auto& finding : fields.findings) {
    array.push_back(json::object{
        {"code", finding.code == core::FindingCode::format ? "format" : "consistency"},
        {"field", finding.field},
        {"sure", finding.sure}
    });
  }
  return array;
}

json::object document_json(const vision::DocumentReading& reading) {
  json::array lines;
  for (const auto& line : reading.lines) {
    lines.push_back(json::object{
        {"text", line.text}, {"confidence", line.confidence}, {"quad", quad_json(line.quad)}
    });
  }
  return {
      {"type", reading.type.empty() ? json::value() : json::value(reading.type)},
      {"side", reading.side.empty() ? json::value() : json::value(reading.side)},
      {"type_score", reading.type_score},
      {"fields", document_fields_json(reading.fields)},
      {"printed", printed_json(reading.fields)},
      {"warnings", document_findings_json(reading.fields)},
      {"picture_warnings", picture_warnings_json(reading.picture_warnings)},
      {"mrz", mrz_json(reading)},
      {"portrait",
       reading.portrait ? json::value(json::object{{"quad", quad_json(*reading.portrait)}})
                        : json::value()},
      {"quad", quad_json(reading.card)},
      {"card_found", reading.card_found},
      {"width_px", reading.width_px},
      {"height_px", reading.height_px},
      {"lines", std::move(lines)}
  };
}

}  // namespace selfsame::adapters::native
