// SPDX-License-Identifier: Apache-2.0
#include "flows/admission.h"

#include <algorithm>
#include <chrono>

namespace selfsame::flows {
namespace {

using SharedStanding = std::shared_ptr<const storage::CustomerStanding>;

Result<SharedStanding> standing_in(storage::Database* database, const std::string& customer) {
  SELFSAME_TRY(standing, database->customers().standing(customer));
  return std::make_shared<const storage::CustomerStanding>(std::move(standing));
}

Result<bool> use_in(
    storage::Database* database,
    const std::string& customer,
    core::Product product,
    std::int64_t day,
    std::int64_t per_day
) {
  return database->customers().use(customer, product, day, per_day);
}

std::int64_t day_of(Timestamp time) {
  return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

tl::unexpected<NotAdmitted> refuse(core::RefusalCause cause) {
  return tl::unexpected<NotAdmitted>(
      NotAdmitted{.cause = cause, .error = {.code = errc_of(cause), .detail = core::name_of(cause)}}
  );
}

tl::unexpected<NotAdmitted> give_up(Error error) {
  return tl::unexpected<NotAdmitted>(NotAdmitted{.cause = {}, .error = std::move(error)});
}

}  // namespace

tl::expected<QuotaCounts::Place, core::RefusalCause> QuotaCounts::enter(
    const std::string& customer, core::Product product, const core::Quotas& quotas, Time now
) {
  if (!quotas.per_second && !quotas.at_once) return Place();
  const std::lock_guard lock(counts_->mutex);
  const std::pair<std::string, core::Product> whose(customer, product);
  Count& count = counts_->by_product[whose];
  if (quotas.at_once && count.under_way >= *quotas.at_once) {
    return tl::unexpected(core::RefusalCause::too_many_at_once);
  }
  if (quotas.per_second) {
    const auto per_second = static_cast<double>(*quotas.per_second);
    const double idle_s = std::chrono::duration<double>(now - count.at).count();
    count.spent = std::max(0.0, count.spent - std::max(0.0, idle_s) * per_second);
    count.at = now;
    if (count.spent + 1 > per_second) {
      return tl::unexpected(core::RefusalCause::too_many_per_second);
    }
    count.spent += 1;
  }
  if (!quotas.at_once) return Place();
  count.under_way += 1;
  const auto leave = [counts = counts_, whose](const void*) {
    const std::lock_guard leaving(counts->mutex);
    counts->by_product[whose].under_way -= 1;
  };
  return Place(static_cast<void*>(&count), leave);
}

asio::awaitable<tl::expected<Admitted, NotAdmitted>> Admission::admit(AdmissionRequest request
) const {
  const std::string& customer = request.caller.customer;
  SharedStanding standing = request.caller.standing;
  if (!standing) {
    auto read = co_await pool_.run(request.deadline, standing_in, &database_, customer);
    if (!read) co_return give_up(std::move(read).error());
    standing = std::move(*read);
  }
  const core::RequestFacts facts{
      .access_key_id = request.caller.access_key_id,
      .client_address = request.client_address,
      .device = std::move(request.device)
  };
  const core::Product product = request.product;
  const auto allowed = core::admit(standing->settings, standing->balance_minor, product, facts);
  if (!allowed) co_return refuse(allowed.error());

  const core::Quotas quotas = standing->settings.quotas_of(product);
  auto place = counts_.enter(customer, product, quotas, std::chrono::steady_clock::now());
  if (!place) co_return refuse(place.error());
  if (quotas.per_day) {
    auto used = co_await pool_.run(
        request.deadline,
        use_in,
        &database_,
        customer,
        product,
        day_of(clock_.now()),
        *quotas.per_day
    );
    if (!used) co_return give_up(std::move(used).error());
    if (!*used) co_return refuse(core::RefusalCause::daily_quota_used);
  }
  co_return Admitted{
      .customer = std::shared_ptr<const core::Customer>(standing, &standing->settings),
      .place = std::move(*place)
  };
}

Errc errc_of(core::RefusalCause cause) noexcept {
  using core::RefusalCause;
  switch (cause) {
    case RefusalCause::suspended:
    case RefusalCause::denied:
      return Errc::account_denied;
    case RefusalCause::customer_not_verified:
      return Errc::account_not_verified;
    case RefusalCause::not_activated:
      return Errc::account_not_active;
    case RefusalCause::activating:
      return Errc::account_activating;
    case RefusalCause::activation_failed:
      return Errc::account_activation_failed;
    case RefusalCause::in_arrears:
    case RefusalCause::balance_not_enough:
      return Errc::account_in_arrears;
    case RefusalCause::address_not_allowed:
    case RefusalCause::key_without_right:
    case RefusalCause::unauthorized:
    case RefusalCause::sdk_too_old:
    case RefusalCause::device_not_supported:
    case RefusalCause::bundle_not_allowed:
      return Errc::forbidden;
    case RefusalCause::too_many_per_second:
    case RefusalCause::too_many_at_once:
    case RefusalCause::daily_quota_used:
      return Errc::rate_limited;
  }
  return Errc::account_denied;
}

}  // namespace selfsame::flows
