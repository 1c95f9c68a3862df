// SPDX-License-Identifier: Apache-2.0
#include "vision/media/heic_tiles.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace selfsame::vision {
namespace {

using std::string_view_literals::operator""sv;

constexpr int kMaxDepth = 8;
constexpr std::int64_t kMostPictures = 1'000'000;
constexpr std::size_t kBoxHead = 8;
// Bounds of the work: boxes may lie in one another, and each is read to its end. A photo of a
// telephone has one box and some hundred references.
constexpr int kMostBoxes = 16;
constexpr std::size_t kMostReferences = 65'536;

/// Big-endian numbers from the front of some bytes; 0 and is_short() behind their end.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}

  std::uint32_t number(std::size_t size) noexcept {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : take(size)) value = value << 8U | byte;
    return value;
  }
  ByteView take(std::size_t size) noexcept {
    short_ = short_ || size > bytes_.size();
    const ByteView taken = bytes_.first(short_ ? 0 : size);
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }
  [[nodiscard]] bool is_short() const noexcept { return short_; }
  [[nodiscard]] bool is_empty() const noexcept { return bytes_.empty(); }

 private:
  ByteView bytes_;
  bool short_ = false;
};

/// Which item is made of which others.
class Derivations {
 public:
  /// The content of an `iref` box. What is cut off is left out, as libheif refuses it. False: too
  /// many references by now.
  [[nodiscard]] bool read(ByteView content) {
    Reader box(content);
    const bool long_ids = box.number(4) >> 24U != 0;
    while (!box.is_empty() && !box.is_short()) {
      const std::uint32_t size = box.number(4);
      const std::string_view kind = text_of(box.take(4));
      if (size < kBoxHead) break;
      read_references(Reader(box.take(size - kBoxHead)), kind, long_ids ? 4 : 2);
      if (++references_ > kMostReferences) return false;  // a box without any counts as one
    }
    return references_ <= kMostReferences;
  }

  /// Nothing: a loop, too deep, or too many.
  [[nodiscard]] std::optional<std::int64_t> dearest() {
    std::int64_t most = 1;
    for (const auto& [item, parts] : parts_) {
      const auto tree = tree_of(item, 0);
      if (!tree) return std::nullopt;
      most = std::max(most, tree->pictures);
    }
    return most;
  }

 private:
  void read_references(Reader box, std::string_view kind, std::size_t id_bytes) {
    const std::uint32_t from = box.number(id_bytes);
    const std::uint32_t count = box.number(2);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t to = box.number(id_bytes);
      if (box.is_short() || ++references_ > kMostReferences) return;
      if (kind == "dimg"sv) parts_[from].push_back(to);
      if (kind == "auxl"sv) parts_[to].push_back(from);
    }
  }

  struct Tree {
    std::int64_t pictures = 1;
    int height = 0;
  };

  std::optional<Tree> tree_of(std::uint32_t item, int depth) {
    const auto parts = parts_.find(item);
    if (parts == parts_.end()) return Tree{};
    if (const auto known = known_.find(item); known != known_.end()) return known->second;
    if (depth == kMaxDepth) return std::nullopt;
    Tree tree;
    for (const std::uint32_t part : parts->second) {
      const auto below = tree_of(part, depth + 1);
      if (!below) return std::nullopt;
      tree.pictures += below->pictures;
      tree.height = std::max(tree.height, below->height + 1);
      if (tree.pictures > kMostPictures || tree.height > kMaxDepth) return std::nullopt;
    }
    known_.emplace(item, tree);
    return tree;
  }

  std::map<std::uint32_t, std::vector<std::uint32_t>> parts_;
  std::map<std::uint32_t, Tree> known_;
  std::size_t references_ = 0;
};

}  // namespace

Result<std::int64_t> count_heic_tiles(ByteView heic) {
  const std::string_view text = text_of(heic);
  const auto refuse = [] {
    return fail(Errc::image_undecodable, "HEIC: a picture made of itself or too many");
  };
  Derivations derivations;
  int boxes = 0;
  // Wherever such a box stands: readers may disagree on which one counts.
  for (std::size_t at = text.find("iref"); at != std::string_view::npos;
       at = text.find("iref", at + 4)) {
    if (at < 4) continue;
    const std::uint32_t size = Reader(heic.subspan(at - 4)).number(4);
    if (size < kBoxHead || size > heic.size() - (at - 4)) continue;  // the letters in other data
    const bool read = derivations.read(heic.subspan(at + 4, size - kBoxHead));
    if (!read || ++boxes > kMostBoxes) return refuse();
  }
  const auto pictures = derivations.dearest();
  if (!pictures) return refuse();
  return *pictures;
}

}  // namespace selfsame::vision
