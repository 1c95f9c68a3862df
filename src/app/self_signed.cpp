// SPDX-License-Identifier: Apache-2.0
#include "app/self_signed.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/ranges.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "base/certificate.h"
#include "storage/durable_file.h"

namespace selfsame::app {
namespace {

constexpr const char* kFile = "self-signed.pem";  // the key, and its certificate
constexpr std::size_t kFileBytesMax = 64 << 10;
constexpr std::size_t kNamesMax = 64;
constexpr std::chrono::hours kValid{24 * 397};  // browsers trust nothing longer
constexpr std::chrono::hours kLeft{24 * 7};
constexpr std::chrono::hours kClocksDiffer{24};

void add_addresses(std::set<std::string>& names) {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> all(first, &freeifaddrs);
  for (const ifaddrs* at = first; at != nullptr && names.size() < kNamesMax; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || (at->ifa_flags & IFF_UP) == 0) continue;
    const void* address = nullptr;
    if (at->ifa_addr->sa_family == AF_INET) {
      address = &reinterpret_cast<const sockaddr_in*>(at->ifa_addr)->sin_addr;
    } else if (at->ifa_addr->sa_family == AF_INET6) {
      address = &reinterpret_cast<const sockaddr_in6*>(at->ifa_addr)->sin6_addr;
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address == nullptr) continue;
    if (inet_ntop(at->ifa_addr->sa_family, address, text.data(), text.size()) != nullptr) {
      names.insert(text.data());
    }
  }
}

/// HOST of "https://HOST[:PORT][/PATH]", or "".
std::string host_of(const std::string& url) {
  const std::size_t begin = url.find("://");
  if (begin == std::string::npos) return {};
  const std::string rest = url.substr(begin + 3);
  if (rest.starts_with('[')) return rest.substr(1, rest.find(']') - 1);
  return rest.substr(0, rest.find_first_of(":/"));
}

/// What devices may call this machine.
std::vector<std::string> names_of_this_machine(const Settings& settings) {
  std::set<std::string> names{"localhost", "127.0.0.1", "::1"};
  if (std::string host = host_of(settings.public_url); !host.empty()) names.insert(host);
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) == 0 && name.front() != '\0') {
    names.insert(name.data());
  }
  add_addresses(names);
  return {names.begin(), names.end()};
}

/// Where phones of the same network reach a server that listens on all addresses; "": nowhere.
std::string url_in_network(const Settings& settings, const std::vector<std::string>& names) {
  const std::size_t colon = settings.listen.rfind(':');
  if (colon == std::string::npos) return {};
  const std::string host = settings.listen.substr(0, colon);
  if (host != "0.0.0.0" && host != "[::]" && !host.empty()) return {};
  const auto found = std::ranges::find_if(names, [](const std::string& name) {
    in_addr bytes{};
    return inet_pton(AF_INET, name.c_str(), &bytes) == 1 && !name.starts_with("127.");
  });
  return found == names.end() ? "" : "https://" + *found + settings.listen.substr(colon);
}

std::optional<CertificateFacts> facts_in(const std::filesystem::path& path) {
  const auto file = storage::open_file(path, O_RDONLY);
  if (!file) return std::nullopt;
  const auto content = storage::read_file(*file, path, kFileBytesMax);
  if (!content) return std::nullopt;
  auto facts = facts_of_certificate(text_of(*content));
  return facts ? std::optional(std::move(*facts)) : std::nullopt;
}

bool still_serves(
    const CertificateFacts& facts, const std::vector<std::string>& names, Timestamp now
) {
  return facts.not_after > now + kLeft && std::ranges::all_of(names, [&](const std::string& name) {
           return std::ranges::find(facts.names, name) != facts.names.end();
         });
}

Result<void> make_file(
    const std::filesystem::path& path, const std::vector<std::string>& names, Timestamp now
) {
  const SelfSigned made = make_self_signed(names, now - kClocksDiffer, now + kValid);
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  SELFSAME_CHECK(
      storage::write_new_file(path, {bytes_of(made.private_key), bytes_of(made.certificate)})
  );
  return storage::sync_directory(path.parent_path());
}

}  // namespace

Result<void> use_self_signed(Settings& settings, Timestamp now) {
  if (!settings.tls_self_signed) return {};
  const std::filesystem::path path = std::filesystem::path(settings.data_dir) / kFile;
  const std::vector<std::string> names = names_of_this_machine(settings);
  auto facts = facts_in(path);
  if (!facts || !still_serves(*facts, names, now)) {
    SELFSAME_CHECK(storage::make_directory(settings.data_dir));
    SELFSAME_CHECK(make_file(path, names, now));
    facts = facts_in(path);
  }
  if (!facts) return fail(Errc::storage_unavailable, "the certificate cannot be read again");
  settings.tls_certificate_file = path;
  settings.tls_private_key_file = path;
  if (settings.public_url.empty()) settings.public_url = url_in_network(settings, names);
  spdlog::warn(
      "TLS with a certificate of our own: browsers warn before they open the page, which is good "
      "for trials and nothing else"
  );
  spdlog::info("its SHA-256 fingerprint is {}; names: {}", facts->sha256, fmt::join(names, " "));
  return {};
}

}  // namespace selfsame::app
