// SPDX-License-Identifier: Apache-2.0
#include "flows/sms_vault.h"

#include <array>

#include "base/crypto.h"

namespace selfsame::flows {
namespace {

constexpr std::string_view kNumberIdentity = "sms_opt_outs";

std::string identity_of(std::string_view id, std::string_view customer) {
  std::string identity = "sms_messages";
  identity.append(1, '\0').append(id).append(1, '\0').append(customer);
  return identity;
}

}  // namespace

Bytes SmsVault::seal(const SmsContent& content, std::string_view id, std::string_view customer)
    const {
  std::string plain;
  for (const std::string* part : {&content.to, &content.from, &content.task_id}) {
    plain.append(*part).append(1, '\0');
  }
  plain.append(content.text);
  return selfsame::seal(sealing_key_, bytes_of(plain), bytes_of(identity_of(id, customer)));
}

Result<SmsContent> SmsVault::open(const storage::SmsRecord& record) const {
  SELFSAME_TRY(
      opened,
      open_sealed(sealing_key_, record.sealed, bytes_of(identity_of(record.id, record.customer)))
  );
  std::string_view left = text_of(opened);
  SmsContent content;
  for (std::string* part : {&content.to, &content.from, &content.task_id}) {
    const std::size_t end = left.find('\0');
    if (end == std::string_view::npos) return fail(Errc::integrity_failure, "sms: a part is gone");
    part->assign(left.substr(0, end));
    left.remove_prefix(end + 1);
  }
  content.text = left;
  return content;
}

Bytes SmsVault::hash_of_number(std::string_view digits) const {
  const Sha256Digest hash = hmac_sha256(number_key_.reveal(), bytes_of(digits));
  return {hash.begin(), hash.end()};
}

Bytes SmsVault::seal_number(std::string_view digits) const {
  return selfsame::seal(sealing_key_, bytes_of(digits), bytes_of(kNumberIdentity));
}

Result<std::string> SmsVault::open_number(ByteView sealed) const {
  SELFSAME_TRY(opened, open_sealed(sealing_key_, sealed, bytes_of(kNumberIdentity)));
  return std::string(text_of(opened));
}

}  // namespace selfsame::flows
