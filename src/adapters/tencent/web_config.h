// SPDX-License-Identifier: Apache-2.0
// Config of ApplyWebVerificationBizTokenIntl: what is checked of it, and what follows.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "adapters/tencent/fields.h"
#include "core/verification.h"

namespace selfsame::adapters::tencent {

/// Its members, as fields of the request ("Config.AutoSkip").
[[nodiscard]] std::span<const Field> web_config_fields();

struct WebConfig {
  core::VerificationTerms terms;
  bool tells_tags = false;      // Version PLUS
  boost::json::object members;  // as they were given, for the page
};

/// Out of checked fields. InvalidParameterValue names the member that is out of its range.
[[nodiscard]] Answer<WebConfig> read_web_config(const Parameters& parameters);

/// The document types by their names, old spellings too.
[[nodiscard]] bool is_document_type(std::string_view name) noexcept;

}  // namespace selfsame::adapters::tencent
