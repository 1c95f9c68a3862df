// SPDX-License-Identifier: Apache-2.0
// Lists to be imported. Written out again and read again, a list is the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "app/csv_reader.h"

namespace {

using Table = std::vector<std::vector<std::string>>;

bool read(std::string_view text, Table& table) {
  selfsame::app::CsvReader reader(text);
  for (;;) {
    auto record = reader.next();
    if (!record) return false;
    if (!*record) return true;
    table.push_back(std::move((*record)->fields));
  }
}

std::string written(const Table& table) {
  std::string text;
  for (const auto& fields : table) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      for (const char c : fields[i]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
      text += '"';
    }
    text += "\r\n";
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Table table;
  if (!read({reinterpret_cast<const char*>(data), size}, table)) return 0;
  Table again;
  if (!read(written(table), again) || again != table) std::abort();
  return 0;
}
