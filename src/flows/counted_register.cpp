// SPDX-License-Identifier: Apache-2.0
#include "flows/counted_register.h"

#include <utility>

namespace selfsame::flows {

asio::awaitable<Result<RegisterAnswer>> CountedRegister::look_up(
    core::RegisterQuery query, Deadline deadline
) const {
  if (enquiries_per_day_ > 0) {
    SELFSAME_CO_TRY(
        counted, co_await numbers_.count_enquiry(query.number, enquiries_per_day_, deadline)
    );
    if (!counted) {
      co_return RegisterAnswer{.finding = core::RegisterFinding::too_many_enquiries, .photo = {}};
    }
  }
  co_return co_await source_.look_up(std::move(query), deadline);
}

}  // namespace selfsame::flows
