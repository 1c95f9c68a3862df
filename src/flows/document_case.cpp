// SPDX-License-Identifier: Apache-2.0
#include "flows/document_case.h"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include "core/document_step.h"

namespace selfsame::flows {
namespace {

constexpr std::string_view kMagic = "selfsame document 1\n";
constexpr std::size_t kItemsMax = 4096;  // of any list

/// Numbers of 4 bytes, big endian, and parts with their length before them. Each type has its
/// members once for both directions: describe().
class Writer {
 public:
  explicit Writer(Bytes& into) : into_(into) {}

  void operator()(const Bytes& part) { put(part); }
  void operator()(const std::string& text) { put(bytes_of(text)); }
  void operator()(const core::FindingCode& code) { number(static_cast<std::uint32_t>(code)); }
  void operator()(const bool& flag) { number(flag ? 1 : 0); }
  template <class Value>
  void operator()(const std::vector<Value>& list) {
    number(static_cast<std::uint32_t>(list.size()));
    for (const Value& value : list) (*this)(value);
  }
  template <class Value>
  void operator()(const Value& value) {
    describe(*this, value);
  }

 private:
  void number(std::uint32_t value) {
    for (const int shift : {24, 16, 8, 0}) {
      into_.push_back(static_cast<std::uint8_t>(value >> shift));
    }
  }
  void put(ByteView part) {
    number(static_cast<std::uint32_t>(part.size()));
    into_.insert(into_.end(), part.begin(), part.end());
  }

  Bytes& into_;
};

class Reader {
 public:
  explicit Reader(ByteView rest) : rest_(rest) {}

  /// Everything was there, and nothing else.
  [[nodiscard]] bool is_done() const noexcept { return ok_ && rest_.empty(); }

  void operator()(Bytes& part) {
    const ByteView found = take();
    part.assign(found.begin(), found.end());
  }
  void operator()(std::string& text) { text = text_of(take()); }
  void operator()(core::FindingCode& code) {
    code = static_cast<core::FindingCode>(number(static_cast<std::uint32_t>(kLastCode)));
  }
  void operator()(bool& flag) { flag = number(1) == 1; }
  template <class Value>
  void operator()(std::vector<Value>& list) {
    const std::size_t count = number(kItemsMax);
    for (std::size_t i = 0; i < count && ok_; ++i) (*this)(list.emplace_back());
  }
  template <class Value>
  void operator()(Value& value) {
    describe(*this, value);
  }

 private:
  static constexpr auto kLastCode = core::FindingCode::consistency;

  std::uint32_t number(std::uint32_t most) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      ok_ = ok_ && !rest_.empty();
      if (!ok_) return 0;
      value = value << 8U | rest_.front();
      rest_ = rest_.subspan(1);
    }
    ok_ = value <= most;
    return ok_ ? value : 0;
  }
  ByteView take() {
    const std::size_t length = number(std::numeric_limits<std::uint32_t>::max());
    ok_ = ok_ && length <= rest_.size();
    if (!ok_) return {};
    const ByteView part = rest_.first(length);
    rest_ = rest_.subspan(length);
    return part;
  }

  ByteView rest_;
  bool ok_ = true;
};

template <class T, class Plain>
concept Is = std::same_as<std::remove_const_t<T>, Plain>;

template <class Archive, Is<core::FieldValue> T>
void describe(Archive& archive, T& field) {
  archive(field.name);
  archive(field.value);
  archive(field.printed);
}

template <class Archive, Is<core::DocumentFinding> T>
void describe(Archive& archive, T& finding) {
  archive(finding.code);
  archive(finding.field);
  archive(finding.sure);
}

template <class Archive, Is<DocumentEdit> T>
void describe(Archive& archive, T& edit) {
  archive(edit.field);
  archive(edit.read);
  archive(edit.given);
}

template <class Archive, Is<DocumentSide> T>
void describe(Archive& archive, T& side) {
  archive(side.type);
  archive(side.side);
  archive(side.fields.fields);
  archive(side.fields.findings);
  archive(side.mrz_lines);
  archive(side.picture);
  archive(side.cut_jpeg);
}

template <class Archive, Is<DocumentCase> T>
void describe(Archive& archive, T& document) {
  archive(document.sides);
  archive(document.portrait_jpeg);
  archive(document.edits);
}

}  // namespace

const DocumentSide* DocumentCase::find(std::string_view side) const noexcept {
  const auto it = std::ranges::find(sides, side, &DocumentSide::side);
  return it == sides.end() ? nullptr : &*it;
}

void DocumentCase::put(DocumentSide side) {
  std::erase_if(sides, [&](const DocumentSide& one) { return one.side == side.side; });
  const bool is_front = side.side == core::kFrontSide;
  sides.insert(is_front ? sides.begin() : sides.end(), std::move(side));
}

core::DocumentFields DocumentCase::fields() const {
  core::DocumentFields all;
  for (const DocumentSide& side : sides) {
    for (const core::FieldValue& field : side.fields.fields) {
      if (all.find(field.name) == nullptr) all.fields.push_back(field);
    }
    all.findings.insert(
        all.findings.end(), side.fields.findings.begin(), side.fields.findings.end()
    );
  }
  for (const DocumentEdit& edit : edits) {
    std::erase_if(all.fields, [&](const core::FieldValue& f) { return f.name == edit.field; });
    all.fields.push_back(
        {.name = edit.field, .value = edit.given, .printed = {edit.given}, .lines = {}}
    );
  }
  return all;
}

std::string DocumentCase::read_value(std::string_view field) const {
  for (const DocumentSide& side : sides) {
    if (const core::FieldValue* const found = side.fields.find(field)) return found->value;
  }
  return {};
}

Bytes pack(const DocumentCase& document) {
  Bytes packed(kMagic.begin(), kMagic.end());
  Writer write(packed);
  write(document);
  return packed;
}

Result<DocumentCase> unpack_document(ByteView packed) {
  const auto broken = [] { return fail(Errc::integrity_failure, "a packed document"); };
  if (!text_of(packed).starts_with(kMagic)) return broken();
  DocumentCase document;
  Reader read(packed.subspan(kMagic.size()));
  read(document);
  return read.is_done() ? Result<DocumentCase>(std::move(document)) : broken();
}

Result<DocumentCase> load_document(storage::BlobStore& blobs, const std::string& blob) {
  if (blob.empty()) return fail(Errc::not_found, "there is no document");
  SELFSAME_TRY(packed, blobs.get(blob));
  return unpack_document(packed);
}

}  // namespace selfsame::flows
