// SPDX-License-Identifier: Apache-2.0
#include "evaluation/pairs_file.h"

#include <fmt/format.h>

#include <optional>
#include <span>

#include "evaluation/text_lines.h"

namespace selfsame::evaluation {
namespace {

constexpr std::size_t kMostPairs = 10'000'000;
constexpr int kMostFolds = 1000;
constexpr int kMostOfFold = 1'000'000;
constexpr int kMostImages = 999'999;

using Fields = std::vector<std::string_view>;

struct LfwHeader {
  int folds = 1;
  int count = 0;
  bool has_folds = false;
};

std::optional<LfwHeader> lfw_header(const Fields& fields) {
  LfwHeader header;
  if (fields.empty() || fields.size() > 2) return std::nullopt;
  const auto count = number_of(fields.back(), kMostOfFold);
  if (!count || *count == 0) return std::nullopt;
  header.count = *count;
  if (fields.size() == 2) {
    const auto folds = number_of(fields.front(), kMostFolds);
    if (!folds || *folds == 0) return std::nullopt;
    header.folds = *folds;
    header.has_folds = true;
  }
  return header;
}

std::optional<std::string> lfw_image(std::string_view name, std::string_view number) {
  const auto index = number_of(number, kMostImages);
  if (!index || name.find('/') != std::string_view::npos || !is_safe_path(name))
    return std::nullopt;
  return fmt::format("{0}/{0}_{1:04}.jpg", name, *index);
}

Result<ListedPair> lfw_pair(const Line& line, bool genuine, int fold) {
  const Fields fields = fields_of(line.text);
  if (fields.size() != (genuine ? 3U : 4U)) {
    return fail_line(line, genuine ? "expected NAME I J" : "expected NAME I OTHER J");
  }
  const auto a = lfw_image(fields[0], fields[1]);
  const auto b = genuine ? lfw_image(fields[0], fields[2]) : lfw_image(fields[2], fields[3]);
  if (!a || !b) return fail_line(line, "a name or number is not usable");
  return ListedPair{*a, *b, genuine, fold};
}

Result<ListedPair> labelled_pair(const Line& line) {
  const Fields fields = fields_of(line.text);
  if (fields.size() != 3) return fail_line(line, "expected A B 0|1");
  if (fields[2] != "0" && fields[2] != "1") return fail_line(line, "the label is neither 0 nor 1");
  if (!is_safe_path(fields[0]) || !is_safe_path(fields[1])) {
    return fail_line(line, "a path leaves the image folder");
  }
  return ListedPair{std::string(fields[0]), std::string(fields[1]), fields[2] == "1", -1};
}

/// The pair of the i-th line after the header.
Result<ListedPair> pair_at(const Line& line, std::size_t i, const std::optional<LfwHeader>& lfw) {
  if (!lfw) return labelled_pair(line);
  const auto count = static_cast<std::size_t>(lfw->count);
  const int fold = lfw->has_folds ? static_cast<int>(i / (2 * count)) : -1;
  return lfw_pair(line, i % (2 * count) < count, fold);
}

}  // namespace

Result<std::vector<ListedPair>> parse_pairs(std::string_view text) {
  const std::vector<Line> lines = lines_of(text);
  if (lines.empty()) return fail(Errc::malformed_request, "the list of pairs is empty");
  const auto lfw = lfw_header(fields_of(lines.front().text));
  const auto body = std::span(lines).subspan(lfw ? 1 : 0);
  if (body.size() > kMostPairs) return fail(Errc::malformed_request, "too many pairs");
  if (lfw) {
    const auto expected =
        2 * static_cast<std::size_t>(lfw->count) * static_cast<std::size_t>(lfw->folds);
    if (body.size() != expected) {
      return fail(
          Errc::malformed_request,
          fmt::format("the first line promises {} pairs, there are {}", expected, body.size())
      );
    }
  }
  std::vector<ListedPair> pairs;
  pairs.reserve(body.size());
  for (std::size_t i = 0; i < body.size(); ++i) {
    SELFSAME_TRY(pair, pair_at(body[i], i, lfw));
    if (pair.image_a == pair.image_b) return fail_line(body[i], "an image beside itself");
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

}  // namespace selfsame::evaluation
