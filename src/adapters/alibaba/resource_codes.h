// SPDX-License-Identifier: Apache-2.0
// The resourceCode of ExecuteRequest: the country whose document the reference photo is from.
#pragma once

#include <string_view>

namespace selfsame::adapters::alibaba {

/// A country calling code that ITU-T E.164 assigns, four digits with zeros before it, then "0000":
/// "00840000" for Viet Nam. [our choice] the vendor's guide has this one example only.
[[nodiscard]] bool is_resource_code(std::string_view code) noexcept;

}  // namespace selfsame::adapters::alibaba
