// SPDX-License-Identifier: Apache-2.0
#include "base/certificate.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <climits>
#include <ctime>
#include <memory>
#include <stdexcept>

#include "base/bytes.h"
#include "base/crypto.h"

namespace selfsame {
namespace {

constexpr std::size_t kNamesMax = 64;
constexpr std::size_t kNameBytesMax = 253;  // RFC 1035
constexpr int kSerialBytes = 16;
constexpr std::size_t kIpv4Bytes = 4;

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};
template <class T, auto kFree>
using Owned = std::unique_ptr<T, Free<kFree>>;

using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Owned<X509, X509_free>;
using Memory = Owned<BIO, BIO_free_all>;

void demand(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("openssl: ") + what);
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.';
}

bool is_address(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

/// As X509V3_EXT_conf_nid() reads it, "DNS:localhost,IP:127.0.0.1".
std::string subject_names(std::span<const std::string> names) {
  if (names.empty() || names.size() > kNamesMax) throw std::invalid_argument("1 to 64 names");
  std::string text;
  for (const std::string& name : names) {
    const bool address = is_address(name);
    const bool host = !name.empty() && name.size() <= kNameBytesMax &&
                      std::ranges::all_of(name, is_host_character);
    if (!address && !host) throw std::invalid_argument("neither a host's name nor an address");
    text.append(text.empty() ? "" : ",").append(address ? "IP:" : "DNS:").append(name);
  }
  return text;
}

void extend(X509* certificate, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str())
  );
  demand(extension != nullptr, "certificate extension");
  demand(X509_add_ext(certificate, extension.get(), -1) == 1, "certificate extension");
}

void set_time(ASN1_TIME* time, Timestamp at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  demand(ASN1_TIME_set(time, static_cast<std::time_t>(seconds)) != nullptr, "certificate time");
}

void set_serial(X509* certificate) {
  Bytes serial = random_bytes(kSerialBytes);
  serial.front() &= 0x7F;  // positive
  const Owned<BIGNUM, BN_free> number(BN_bin2bn(serial.data(), kSerialBytes, nullptr));
  demand(number != nullptr, "certificate serial");
  demand(
      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr,
      "certificate serial"
  );
}

template <class Write>
std::string pem_of(Write write) {
  const Memory memory(BIO_new(BIO_s_secmem()));
  demand(memory != nullptr && write(memory.get()) == 1, "PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string text_of_name(const GENERAL_NAME& name) {
  if (name.type == GEN_DNS) {
    const ASN1_STRING* const text = name.d.dNSName;
    return {
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
        static_cast<std::size_t>(ASN1_STRING_length(text))
    };
  }
  if (name.type != GEN_IPADD) return {};
  const ASN1_STRING* const bytes = name.d.iPAddress;
  const bool is_v4 = ASN1_STRING_length(bytes) == static_cast<int>(kIpv4Bytes);
  if (!is_v4 && ASN1_STRING_length(bytes) != static_cast<int>(sizeof(in6_addr))) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const char* const made =
      inet_ntop(is_v4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(bytes), text.data(), text.size());
  return made == nullptr ? "" : made;
}

std::vector<std::string> names_of(const X509* certificate) {
  const Owned<GENERAL_NAMES, GENERAL_NAMES_free> all(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)
  ));
  std::vector<std::string> names;
  for (int i = 0; all != nullptr && i < sk_GENERAL_NAME_num(all.get()); ++i) {
    if (auto name = text_of_name(*sk_GENERAL_NAME_value(all.get(), i)); !name.empty()) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

}  // namespace

SelfSigned make_self_signed(
    std::span<const std::string> names, Timestamp not_before, Timestamp not_after
) {
  const std::string alternatives = subject_names(names);
  const Key key(EVP_EC_gen("P-256"));
  demand(key != nullptr, "make a key");
  const Certificate certificate(X509_new());
  demand(certificate != nullptr, "certificate");
  X509* const made = certificate.get();
  demand(X509_set_version(made, X509_VERSION_3) == 1, "certificate version");
  set_serial(made);
  set_time(X509_getm_notBefore(made), not_before);
  set_time(X509_getm_notAfter(made), not_after);
  X509_NAME* const subject = X509_get_subject_name(made);
  static constexpr std::string_view kSubject = "Selfsame, for trials";
  demand(
      X509_NAME_add_entry_by_txt(
          subject,
          "CN",
          MBSTRING_UTF8,
          reinterpret_cast<const unsigned char*>(kSubject.data()),
          static_cast<int>(kSubject.size()),
          -1,
          0
      ) == 1,
      "certificate subject"
  );
  demand(X509_set_issuer_name(made, subject) == 1, "certificate issuer");
  demand(X509_set_pubkey(made, key.get()) == 1, "certificate key");
  extend(made, NID_subject_alt_name, alternatives);
  extend(made, NID_basic_constraints, "critical,CA:FALSE");
  extend(made, NID_key_usage, "critical,digitalSignature");
  extend(made, NID_ext_key_usage, "serverAuth");
  demand(X509_sign(made, key.get(), EVP_sha256()) > 0, "sign a certificate");
  return {
      .certificate = pem_of([made](BIO* to) { return PEM_write_bio_X509(to, made); }),
      .private_key = pem_of([&key](BIO* to) {
        return PEM_write_bio_PKCS8PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
      })
  };
}

Result<CertificateFacts> facts_of_certificate(std::string_view pem) {
  const auto none = [] { return fail(Errc::invalid_parameter, "not a certificate in PEM"); };
  if (pem.size() > INT_MAX) return none();
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  demand(memory != nullptr, "PEM");
  const Certificate certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  if (!certificate) return none();
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1) return none();
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  demand(X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size) == 1, "digest");
  return CertificateFacts{
      .names = names_of(certificate.get()),
      .not_after = Timestamp(std::chrono::seconds(timegm(&end))),
      .sha256 = to_hex(ByteView(digest.data(), size))
  };
}

}  // namespace selfsame
