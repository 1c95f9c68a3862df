// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "storage/repositories.h"

namespace selfsame::storage {

Result<std::vector<LedgerEntry>> Outcomes::ledger(const std::string& customer) {
  std::vector<LedgerEntry> entries;
  if (customer.empty()) return entries;
  LedgerQuery query{.customer = customer, .from = {}, .to = Timestamp::max()};
  for (;;) {
    SELFSAME_TRY(page, ledger(query));
    if (page.empty()) return entries;
    query.after_entry = page.back().entry;
    std::ranges::move(page, std::back_inserter(entries));
  }
}

}  // namespace selfsame::storage
