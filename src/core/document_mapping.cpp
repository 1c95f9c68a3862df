// SPDX-License-Identifier: Apache-2.0
#include "core/document_mapping.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "core/document_text.h"
#include "core/id_number_facts.h"
#include "core/mrz_name.h"

namespace selfsame::core {
namespace {

constexpr int kYearsAhead = 50;      // of an expiry that has two digits
constexpr double kLeftEdge = 0.045;  // left edges of one column differ less
constexpr double kLineGap = 1.3;     // heights between lines of one value
constexpr double kNarrowGap = 0.05;  // between pieces of one text, in widths of the document
constexpr double kWideGap = 0.16;    // between pieces of one date or number
constexpr double kLabelGap = 2.6;    // heights from a label to the value below

/// A line or a part of one: what stands before, between and after labels.
struct Segment {
  std::string text;
  std::size_t line = 0;
  double left = 0, top = 0, right = 0, bottom = 0;
  bool is_label = false;
  std::vector<std::size_t> rules;  // whose label it is; none: of what is not read
  std::string item;                // the label is a number
  bool has_colon = false;          // behind it, and more: "Name: TAN MEI LING"
  bool taken = false;

  [[nodiscard]] double height() const noexcept { return bottom - top; }
  [[nodiscard]] double middle_x() const noexcept { return (left + right) / 2; }
  [[nodiscard]] double middle_y() const noexcept { return (top + bottom) / 2; }
};

struct Label {
  std::u32string wording;
  std::vector<std::size_t> rules;
};

struct Wordings {
  std::vector<Label> labels;  // the longest first, each wording once
  bool has_items = false;
};

Wordings wordings_of(const DocumentTemplate& document) {
  std::map<std::u32string, std::vector<std::size_t>> rules_of;
  for (std::size_t i = 0; i < document.fields.size(); ++i) {
    for (const auto& label : document.fields[i].labels) {
      rules_of[bare(label).characters].push_back(i);
    }
  }
  for (const auto& label : document.other_labels) rules_of[bare(label).characters];
  std::vector<Label> labels;
  for (auto& [wording, rules] : rules_of) labels.push_back({wording, std::move(rules)});
  std::ranges::sort(labels, [](const Label& a, const Label& b) {
    return std::pair(b.wording.size(), a.wording) < std::pair(a.wording.size(), b.wording);
  });
  const bool has_items = std::ranges::any_of(document.fields, [](const FieldRule& rule) {
    return !rule.item.empty();
  });
  return {std::move(labels), has_items};
}

Segment part_of(const PlacedLine& line, std::size_t index, std::size_t from, std::size_t to) {
  const auto size = static_cast<double>(std::max<std::size_t>(1, line.text.size()));
  const double width = line.right - line.left;
  Segment part;
  part.text = tidy(std::string_view(line.text).substr(from, to - from));
  part.line = index;
  part.left = line.left + width * static_cast<double>(from) / size;
  part.right = line.left + width * static_cast<double>(to) / size;
  part.top = line.top;
  part.bottom = line.bottom;
  return part;
}

/// "4. GG. MELATI", "4.GG.MELATI", "4." apart from its text: the number's end, and the full stop's.
std::optional<TextRange> item_of(std::string_view text) {
  const bool is_item = text.size() >= 2 && text[0] >= '1' && text[0] <= '9' && text[1] == '.' &&
                       (text.size() == 2 || text[2] < '0' || text[2] > '9');
  return is_item ? std::optional(TextRange{1, 2}) : std::nullopt;
}

/// "1.", "4.", "(10)"
bool is_numbering(std::string_view text) {
  constexpr std::size_t kLongest = 4;
  return text.size() <= kLongest && has_digit(text) &&
         (text.ends_with('.') || text.ends_with(')')) &&
         text.find_first_not_of("0123456789.()") == std::string_view::npos;
}

/// ": TAN MEI LING"
bool is_followed_by_colon(std::string_view rest) {
  constexpr std::string_view kWide = "\uFF1A";
  const auto at = rest.find_first_not_of(' ');
  if (at == std::string_view::npos) return false;
  rest.remove_prefix(at);
  if (!rest.starts_with(':') && !rest.starts_with(kWide)) return false;
  return !tidy(rest).empty();
}

/// A line without its labels, and the labels.
void cut(
    const PlacedLine& line,
    std::size_t index,
    std::size_t from,
    std::size_t to,
    const Wordings& wordings,
    std::vector<Segment>& segments
) {
  const auto text = std::string_view(line.text).substr(from, to - from);
  if (const auto item = wordings.has_items && from == 0 ? item_of(text) : std::nullopt) {
    Segment segment = part_of(line, index, 0, item->to);
    segment.is_label = true;
    segment.item = text.substr(0, item->from);
    segments.push_back(std::move(segment));
    cut(line, index, item->to, to, wordings, segments);
    return;
  }
  const BareText naked = bare(text);
  for (const Label& label : wordings.labels) {
    const auto found = find_wording(naked, label.wording);
    if (!found) continue;
    cut(line, index, from, from + found->from, wordings, segments);
    Segment segment = part_of(line, index, from + found->from, from + found->to);
    segment.is_label = true;
    segment.rules = label.rules;
    segment.has_colon = is_followed_by_colon(text.substr(found->to));
    segments.push_back(std::move(segment));
    cut(line, index, from + found->to, to, wordings, segments);
    return;
  }
  Segment segment = part_of(line, index, from, to);
  if (segment.text.empty()) return;
  // "Nom/Surname", "Date of birth/Date de naissance", "1. Surname": more of the label.
  const bool goes_on = segment.text.ends_with('/') || is_numbering(segment.text);
  segment.is_label = (goes_on && to < line.text.size()) ||
                     (segment.text.starts_with('/') && from > 0 && !has_digit(segment.text));
  segments.push_back(std::move(segment));
}

std::vector<Segment> segments_of(
    std::span<const PlacedLine> lines, const DocumentTemplate& document
) {
  const auto wordings = wordings_of(document);
  std::vector<Segment> segments;
  for (std::size_t i = 0; i < std::min(lines.size(), kDocumentLinesMax); ++i) {
    if (lines[i].text.size() > kDocumentLineBytesMax) continue;
    if (has_fillers(lines[i].text)) continue;  // of a machine-readable zone, which is read apart
    cut(lines[i], i, 0, lines[i].text.size(), wordings, segments);
  }
  return segments;
}

bool is_of_script(std::string_view text, FieldScript script) {
  switch (script) {
    case FieldScript::any:
      return true;
    case FieldScript::latin:
      return has_latin(text) && !has_han(text);
    case FieldScript::han:
      return has_han(text);
    case FieldScript::thai:
      return has_thai(text);
  }
  return false;
}

bool says_any(std::string_view text, const std::vector<std::string>& wordings) {
  const BareText naked = bare(text);
  return std::ranges::any_of(wordings, [&](const std::string& wording) {
    return find_wording(naked, bare(wording).characters).has_value();
  });
}

void replace_all(std::string& text, std::string_view seen, std::string_view meant) {
  for (auto at = text.find(seen); at != std::string::npos; at = text.find(seen, at + meant.size()))
    text.replace(at, seen.size(), meant);
}

/// "05 JUN 2019", "11 ก.พ. 2565", "04.07.2002" and no more: no part of a name or an address.
bool is_date_alone(std::string_view text) {
  constexpr std::size_t kLongest = 40;  // bytes
  const auto is_figure = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || text.size() > kLongest || !is_figure(text.front()) || !is_figure(text.back()))
    return false;
  std::size_t numbers = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    numbers += is_figure(text[i]) && (i == 0 || !is_figure(text[i - 1])) ? 1 : 0;
  const bool has_month = numbers == 2 && (has_latin(text) || has_thai(text));
  constexpr int kAnyYear = 9999;
  return (numbers == 3 || has_month) &&
         read_date(text, DateOrder::day_month_year, kAnyYear).has_value();
}

struct Taken {
  std::string value;
  std::string printed;
};

bool is_derived(FieldKind kind) {
  return kind == FieldKind::derived_birth_date || kind == FieldKind::derived_sex ||
         kind == FieldKind::part_of_name || kind == FieldKind::edition;
}

class Mapper {
 public:
  Mapper(
      std::span<const PlacedLine> lines,
      const DocumentTemplate& document,
      std::chrono::year_month_day today
  )
      : lines_(lines),
        rules_(document.fields),
        signs_(document.signs),
        segments_(segments_of(lines, document)),
        year_(static_cast<int>(today.year())) {}

  void read_fields(DocumentFields& into) {
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      if (into.find(rules_[i].name) != nullptr) continue;
      auto value = field(i);
      if (value) into.fields.push_back(std::move(*value));
    }
    // Who lays a document out otherwise keeps its wording: what has a label and was not where it
    // stands on the usual layout is sought about the label, in what nobody took.
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      FieldRule& rule = rules_[i];
      if (rule.labels.empty() || is_derived(rule.kind) || into.find(rule.name) != nullptr) continue;
      rule.zone = {};
      rule.places = {FieldPlace::same_line, FieldPlace::right, FieldPlace::below};
      auto value = beside_label(i);
      if (value) into.fields.push_back(std::move(*value));
    }
  }

 private:
  using Group = std::vector<std::size_t>;  // segments of one value, top to bottom

  [[nodiscard]] std::optional<FieldValue> field(std::size_t index) {
    const FieldRule& rule = rules_[index];
    if (is_derived(rule.kind)) return std::nullopt;
    if (auto value = beside_label(index)) return value;
    const bool has_place =
        rule.zone.right - rule.zone.left < 1 || rule.zone.bottom - rule.zone.top < 1;
    const bool is_labelled = !rule.labels.empty() || !rule.item.empty();
    return !is_labelled || has_place ? anywhere(rule) : std::nullopt;
  }

  [[nodiscard]] std::optional<FieldValue> beside_label(std::size_t index) {
    const FieldRule& rule = rules_[index];
    for (std::size_t i = 0; i < segments_.size(); ++i) {
      if (!is_label_of(segments_[i], index)) continue;
      // A colon tells more than the usual layout.
      std::vector<FieldPlace> places = rule.places;
      if (segments_[i].has_colon) places.insert(places.begin(), FieldPlace::same_line);
      for (const FieldPlace place : places) {
        const auto first = beside(i, place, rule);
        if (!first) continue;
        auto value = read_from(rule, *first, i);
        if (value) return value;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_label_of(const Segment& segment, std::size_t rule) const {
    if (!segment.item.empty()) return segment.item == rules_[rule].item;
    return segment.is_label && std::ranges::find(segment.rules, rule) != segment.rules.end();
  }
  [[nodiscard]] bool is_label_of(const Segment& segment, const FieldRule& rule) const {
    return is_label_of(segment, static_cast<std::size_t>(&rule - rules_.data()));
  }

  /// The value that begins at this segment, taking what it stands on.
  [[nodiscard]] std::optional<FieldValue> read_from(
      const FieldRule& rule, std::size_t first, std::optional<std::size_t> label
  ) {
    if (!rule.from.empty() && !from_opening(segments_[first].text, rule.from)) return std::nullopt;
    if (rule.kind == FieldKind::text) return text_from(rule, first, label);
    const auto taken = read_one(rule, segments_[first].text);
    Group row = row_from(first, rule, kWideGap);
    const auto whole = row.size() > 1 ? read_one(rule, joined(row)) : std::nullopt;
    // A number may go on in the next piece: patterns differ in length.
    const bool goes_on = taken && whole && rule.kind == FieldKind::number &&
                         whole->value.size() > taken->value.size() &&
                         whole->value.starts_with(taken->value);
    if (taken && !goes_on) return taken_value(rule, {first}, taken->value, {taken->printed});
    if (!whole) return std::nullopt;
    // Neighbours that the value does without are not its own.
    const auto suffices = [&](const Group& part) {
      const auto one = part.empty() ? std::nullopt : read_one(rule, joined(part));
      return one && one->value == whole->value;
    };
    while (suffices({row.begin() + 1, row.end()})) row.erase(row.begin());
    while (suffices({row.begin(), row.end() - 1})) row.pop_back();
    for (const std::size_t i : row) segments_[i].taken = !rule.is_shared;
    FieldValue value = taken_value(rule, row, whole->value, {});
    value.printed = {whole->printed};
    return value;
  }

  [[nodiscard]] std::optional<Taken> read_one(const FieldRule& rule, const std::string& text)
      const {
    switch (rule.kind) {
      case FieldKind::number:
        return number(rule, text);
      case FieldKind::month:
        return month(rule, text);
      case FieldKind::date:
        return date(rule, text);
      case FieldKind::choice:
        return choice(rule, text);
      case FieldKind::text:
      case FieldKind::derived_birth_date:
      case FieldKind::derived_sex:
      case FieldKind::edition:
      case FieldKind::part_of_name:
        return std::nullopt;
    }
    return std::nullopt;
  }

  [[nodiscard]] static std::optional<Taken> number(const FieldRule& rule, const std::string& text) {
    for (const std::string& pattern : rule.patterns) {
      auto match = find_pattern(text, pattern);
      if (match) return Taken{match->text, match->text};
    }
    return std::nullopt;
  }

  /// "(06-79)": month and year.
  [[nodiscard]] std::optional<Taken> month(const FieldRule& rule, const std::string& text) const {
    const auto found = number(rule, text);
    if (!found) return std::nullopt;
    std::string digits;
    std::ranges::copy_if(found->value, std::back_inserter(digits), [](char c) {
      return c >= '0' && c <= '9';
    });
    if (digits.size() != 4) return std::nullopt;
    const auto date = read_date(
        "01-" + digits.substr(0, 2) + "-" + digits.substr(2), DateOrder::day_month_year, year_
    );
    if (!date) return std::nullopt;
    return Taken{iso_date(*date).substr(0, 7), found->printed};
  }

  [[nodiscard]] std::optional<Taken> date(const FieldRule& rule, const std::string& text) const {
    if (const auto said = choice(rule, text)) return said;
    std::string part = text.substr(0, rule.before.empty() ? text.size() : text.find(rule.before));
    if (!rule.patterns.empty()) {
      const auto found = number(rule, text);
      if (!found) return std::nullopt;
      part = found->value;
    }
    const int latest_year = rule.in_future ? year_ + kYearsAhead : year_;
    const auto date = read_date(part, rule.order, latest_year);
    if (!date || static_cast<int>(date->year()) > latest_year) return std::nullopt;
    return Taken{iso_date(*date), rule.patterns.empty() ? text : part};
  }

  [[nodiscard]] static std::optional<Taken> choice(const FieldRule& rule, const std::string& text) {
    const BareText naked = bare(text);
    for (const auto& [read, value] : rule.values) {
      const auto found = find_wording(naked, bare(read).characters);
      if (found) return Taken{value, text.substr(found->from, found->to - found->from)};
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_free(const Segment& segment, const FieldRule& rule) const {
    return !segment.is_label && !segment.taken &&
           rule.zone.holds(segment.middle_x(), segment.middle_y()) &&
           is_of_script(segment.text, rule.script) && !says_any(segment.text, rule.stops) &&
           !(rule.kind == FieldKind::text && is_date_alone(segment.text));
  }

  /// What stands there from the label, if anything.
  [[nodiscard]] std::optional<std::size_t> beside(
      std::size_t label, FieldPlace place, const FieldRule& rule
  ) const {
    switch (place) {
      case FieldPlace::same_line:
        return after_on_line(label, rule);
      case FieldPlace::right:
        return to_the_right(label, rule);
      case FieldPlace::below:
        return under(label, rule);
      case FieldPlace::above:
        return over(label, rule);
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::size_t> after_on_line(std::size_t label, const FieldRule& rule)
      const {
    for (std::size_t i = label + 1;
         i < segments_.size() && segments_[i].line == segments_[label].line;
         ++i) {
      if (is_free(segments_[i], rule)) return i;
      // Its name in another language may stand between; another field's label ends it.
      if (segments_[i].is_label && !is_label_of(segments_[i], rule)) break;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::size_t> to_the_right(std::size_t label, const FieldRule& rule)
      const {
    const Segment& from = segments_[label];
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
      const Segment& to = segments_[i];
      if (to.line == from.line || to.left < from.middle_x() || !is_in_row(from, to)) continue;
      // Of two lines of one value beside the label the upper one is the first.
      const double nearer = best ? segments_[*best].left - to.left : 1;
      const bool is_upper = best && to.top < segments_[*best].top;
      if (nearer > kLeftEdge || (nearer > -kLeftEdge && is_upper)) best = i;
    }
    return best && is_free(segments_[*best], rule) ? best : std::nullopt;
  }

  [[nodiscard]] static bool is_in_row(const Segment& a, const Segment& b) {
    const double overlap = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
    return overlap >= 0.4 * std::min(a.height(), b.height());
  }

  [[nodiscard]] static bool is_in_column(const Segment& upper, const Segment& lower) {
    const double overlap = std::min(upper.right, lower.right) - std::max(upper.left, lower.left);
    return std::abs(upper.left - lower.left) <= kLeftEdge || overlap > 0;
  }

  [[nodiscard]] std::optional<std::size_t> under(std::size_t label, const FieldRule& rule) const {
    const Segment& from = segments_[label];
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
      const Segment& to = segments_[i];
      const double gap = to.top - from.bottom;
      const double height = std::max(to.height(), from.height());
      if (to.middle_y() < from.middle_y() + 0.4 * from.height() || gap > kLabelGap * height)
        continue;
      if (!is_in_column(from, to) || !is_free(to, rule)) continue;
      const auto badness = [&](const Segment& s) {
        return s.top + 0.5 * std::abs(s.left - from.left);
      };
      if (!best || badness(to) < badness(segments_[*best])) best = i;
    }
    return best;
  }

  [[nodiscard]] std::optional<std::size_t> over(std::size_t label, const FieldRule& rule) const {
    const Segment& from = segments_[label];
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
      const Segment& to = segments_[i];
      const double height = std::max(to.height(), from.height());
      if (to.middle_y() >= from.middle_y() || is_in_row(from, to)) continue;
      if (from.top - to.bottom > kLineGap * height) continue;
      if (!is_in_column(from, to) || !is_free(to, rule)) continue;
      if (!best || to.bottom > segments_[*best].bottom) best = i;
    }
    return best;
  }

  /// The next line of a value, left-aligned and close.
  [[nodiscard]] std::optional<std::size_t> next_line(
      std::size_t last, double left, const FieldRule& rule
  ) const {
    const Segment& from = segments_[last];
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
      const Segment& to = segments_[i];
      if (to.middle_y() <= from.middle_y() || is_in_row(from, to)) continue;
      if (to.top - from.bottom > kLineGap * std::max(from.height(), to.height())) continue;
      if (std::abs(to.left - left) > kLeftEdge) continue;
      if (!best || to.top < segments_[*best].top) best = i;
    }
    return best && is_free(segments_[*best], rule) && !has_label(*best) ? best : std::nullopt;
  }

  /// A label stands before it in its row.
  [[nodiscard]] bool has_label(std::size_t segment) const {
    constexpr double kNear = 0.3;
    const Segment& to = segments_[segment];
    return std::ranges::any_of(segments_, [&](const Segment& from) {
      return from.is_label && from.left < to.left && to.left - from.right < kNear &&
             is_in_row(from, to);
    });
  }

  /// Further pieces of the same row, which the detector took apart.
  [[nodiscard]] Group row_from(std::size_t first, const FieldRule& rule, double gap_most) const {
    constexpr double kSlack = 0.02;
    constexpr double kTaller = 1.6;  // a signature, a stamp
    Group row = {first};
    for (;;) {
      const Segment& from = segments_[row.back()];
      std::optional<std::size_t> next;
      for (std::size_t i = 0; i < segments_.size(); ++i) {
        const Segment& to = segments_[i];
        // Narrow pieces lie within this slack both ways: each is taken once.
        const bool is_member = std::ranges::find(row, i) != row.end();
        if (to.left < from.right - kSlack || is_member || !is_in_row(from, to)) continue;
        if (!next || to.left < segments_[*next].left) next = i;
      }
      if (!next || !is_free(segments_[*next], rule)) return row;
      // A sign alone tells no height: 一 and 日 are lower than what follows them.
      const bool is_sign = has_han(from.text) && bare(from.text).characters.size() == 1;
      if (!is_sign && segments_[*next].height() > kTaller * from.height()) return row;
      if (segments_[*next].left - from.right > gap_most) return row;
      row.push_back(*next);
    }
  }

  [[nodiscard]] std::string joined(const Group& row) const {
    std::string text;
    for (const std::size_t i : row) {
      if (!text.empty()) text += ' ';
      text += segments_[i].text;
    }
    return text;
  }

  [[nodiscard]] std::optional<FieldValue> text_from(
      const FieldRule& rule, std::size_t first, std::optional<std::size_t> label
  ) {
    Group group;
    std::vector<std::string> printed;
    std::optional<std::size_t> at = first;
    double left = segments_[first].left;
    while (at && printed.size() < rule.lines) {
      const Group row = row_from(
          *at, rule, rule.joined_closely || rule.script == FieldScript::thai ? kWideGap : kNarrowGap
      );
      const std::string text = joined(row);
      for (const std::size_t i : row) {
        group.push_back(i);
        segments_[i].taken = !rule.is_shared;
      }
      printed.push_back(text);
      const std::size_t last = *at;
      at = next_line(last, left, rule);
      // After a label on the first line, further lines may begin under the label.
      if (label && printed.size() == 1) {
        const auto under_label = next_line(last, segments_[*label].left, rule);
        if (under_label && (!at || segments_[*under_label].top < segments_[*at].top)) {
          at = under_label;
          left = segments_[*label].left;
        }
      }
    }
    std::string value;
    for (const std::string& line : printed) {
      if (!value.empty() && !rule.joined_closely) value += ' ';
      value += line;
    }
    if (rule.joined_closely) std::erase(value, ' ');
    for (const auto& [seen, meant] : signs_) replace_all(value, seen, meant);
    if (!rule.from.empty()) value = from_opening(value, rule.from).value_or(value);
    if (has_latin(value))
      value = in_figures(in_capitals(rule.joined_closely ? value : spaced(value)));
    if (!rule.before.empty()) value = tidy(value.substr(0, value.find(rule.before)));
    if (!rule.words.empty()) value = in_words(value, rule.words);
    if (!rule.one_of.empty()) value = nearest_of(value, rule.one_of);
    if (rule.areas) value = with_area_names(value, *rule.areas);
    const auto meant = std::ranges::find(rule.values, value, [](const auto& v) { return v.first; });
    if (meant != rule.values.end()) value = meant->second;
    if (value.empty()) return std::nullopt;
    return taken_value(rule, group, value, printed);
  }

  /// Without a label: in the field's zone, in reading order.
  [[nodiscard]] std::optional<FieldValue> anywhere(const FieldRule& rule) {
    std::vector<std::size_t> order(segments_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) {
      return std::pair(segments_[i].middle_y(), segments_[i].left);
    });
    for (const std::size_t i : order) {
      if (!is_free(segments_[i], rule)) continue;
      const std::string& text = segments_[i].text;
      const bool begins = (!rule.needs_digit && rule.starts.empty()) ||
                          (rule.needs_digit && has_digit(text)) || says_any(text, rule.starts);
      if (!begins) continue;
      auto value = read_from(rule, i, std::nullopt);
      if (value) return value;
    }
    return std::nullopt;
  }

  /// A number or a date leaves the rest of its line to others.
  [[nodiscard]] FieldValue taken_value(
      const FieldRule& rule, const Group& group, std::string value, std::vector<std::string> printed
  ) {
    FieldValue field{rule.name, std::move(value), std::move(printed), {}, 1};
    for (const std::size_t i : group) {
      const Segment& segment = segments_[i];
      field.lines.push_back(segment.line);
      field.confidence = std::min(field.confidence, lines_[segment.line].confidence);
    }
    if (rule.kind == FieldKind::text || rule.is_shared || field.printed.empty()) return field;
    Segment& segment = segments_[group.front()];
    const auto at = segment.text.find(field.printed.front());
    if (at == std::string::npos) {
      segment.taken = rule.kind == FieldKind::number;
      return field;
    }
    const std::string rest =
        segment.text.substr(0, at) + " " + segment.text.substr(at + field.printed.front().size());
    segment.text = tidy(rest);
    segment.taken = segment.text.empty();
    return field;
  }

  std::span<const PlacedLine> lines_;
  std::vector<FieldRule> rules_;
  std::span<const std::pair<std::string, std::string>> signs_;
  std::vector<Segment> segments_;
  int year_;
};

/// Doc 9303 part 3, section 5: Germany alone has a code that is not ISO 3166-1 alpha-3.
std::string iso_country(const std::string& code) {
  return code == "D" ? "DEU" : code;
}

std::optional<FieldValue> from_zone(const FieldRule& rule, const Mrz& mrz) {
  std::string value;
  if (rule.name == "document_number") value = mrz.number;
  if (rule.name == "surname") value = mrz.surname;
  if (rule.name == "given_names") value = mrz.given_names;
  if (rule.name == "sex") value = mrz.sex;
  if (rule.name == "nationality") value = iso_country(mrz.nationality);
  if (rule.name == "issuing_state") value = iso_country(mrz.issuing_state);
  if (rule.name == "personal_number") value = mrz.optional_data;
  if (rule.name == "date_of_birth" && mrz.birth_date) value = iso_date(*mrz.birth_date);
  if (rule.name == "date_of_expiry" && mrz.expiry_date) value = iso_date(*mrz.expiry_date);
  if (value.empty()) return std::nullopt;
  return FieldValue{rule.name, value, {}, {}, 1};
}

/// "DELA CRUZ, JUAN PEDRO GARCIA": the surname before the comma, the middle name at the end, with
/// the particles that belong to it.
struct NameParts {
  std::string surname, given, middle;
};
NameParts parts_of_name(const std::string& name, const std::vector<std::string>& particles) {
  NameParts parts;
  const auto comma = name.find(',');
  if (comma == std::string::npos) return parts;
  parts.surname = tidy(name.substr(0, comma));
  std::string rest = tidy(name.substr(comma + 1));
  if (const auto second = rest.find(','); second != std::string::npos) {
    parts.given = tidy(rest.substr(0, second));
    parts.middle = tidy(rest.substr(second + 1));
    return parts;
  }
  auto cut = rest.rfind(' ');
  if (cut == std::string::npos) return {parts.surname, rest, ""};
  while (cut > 0) {
    const auto before = rest.rfind(' ', cut - 1);
    const std::size_t from = before == std::string::npos ? 0 : before + 1;
    if (from == 0 || std::ranges::find(particles, rest.substr(from, cut - from)) == particles.end())
      break;
    cut = from - 1;
  }
  parts.given = rest.substr(0, cut);
  parts.middle = rest.substr(cut + 1);
  return parts;
}

void add_name_parts(const DocumentTemplate& document, DocumentFields& into) {
  for (const FieldRule& rule : document.fields) {
    if (rule.kind != FieldKind::part_of_name || into.find(rule.name) != nullptr) continue;
    const FieldValue* name = into.find("full_name");
    if (name == nullptr) continue;
    const NameParts parts = parts_of_name(name->value, rule.starts);
    std::string value;
    if (rule.name == "surname") value = parts.surname;
    if (rule.name == "given_names") value = parts.given;
    if (rule.name == "middle_name") value = parts.middle;
    if (value.empty()) continue;
    FieldValue part{rule.name, std::move(value), {}, name->lines, name->confidence};
    into.fields.push_back(std::move(part));
  }
}

void add_editions(const DocumentTemplate& document, DocumentFields& into) {
  const FieldValue* issued = into.find("date_of_issue");
  if (issued == nullptr) return;
  const FieldValue date = *issued;
  for (const FieldRule& rule : document.fields) {
    if (rule.kind != FieldKind::edition) continue;
    const std::pair<std::string, std::string>* last = nullptr;
    for (const auto& edition : rule.values) {
      const bool began = edition.first <= date.value;
      if (began && (last == nullptr || edition.first > last->first)) last = &edition;
    }
    if (last == nullptr) continue;
    into.fields.push_back({rule.name, last->second, {}, date.lines, date.confidence});
  }
}

void add_derived(const DocumentTemplate& document, int this_year, DocumentFields& into) {
  add_name_parts(document, into);
  add_editions(document, into);
  for (const FieldRule& rule : document.fields) {
    const bool birth = rule.kind == FieldKind::derived_birth_date;
    if (!birth && rule.kind != FieldKind::derived_sex) continue;
    const FieldValue* number = into.find("document_number");
    if (number == nullptr || !rule.number_kind || into.find(rule.name) != nullptr) continue;
    const auto normal = normal_id_number(number->value);
    if (!normal) continue;
    const NumberFacts facts = facts_of(*rule.number_kind, *normal);
    if (!birth && facts.sex != '\0') {
      into.fields.push_back(
          {rule.name, std::string(1, facts.sex), {}, number->lines, number->confidence}
      );
    }
    if (birth && facts.birth_date) {
      const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
      const auto date = read_date(
          two(facts.birth_date->year_of_century) + "-" + two(facts.birth_date->month) + "-" +
              two(facts.birth_date->day),
          DateOrder::year_month_day,
          this_year
      );
      if (date)
        into.fields.push_back({rule.name, iso_date(*date), {}, number->lines, number->confidence});
    }
  }
}

void add_findings(const DocumentTemplate& document, const Mrz* mrz, DocumentFields& into) {
  for (const FieldRule& rule : document.fields) {
    const FieldValue* value = into.find(rule.name);
    if (value == nullptr || rule.kind != FieldKind::number || !rule.number_kind) continue;
    const auto normal = normal_id_number(value->value);
    const NumberForm form =
        normal ? check_id_number(*rule.number_kind, *normal) : NumberForm::wrong;
    if (form != NumberForm::right) {
      into.findings.push_back({FindingCode::format, rule.name, form == NumberForm::wrong});
    }
    const NumberFacts facts = normal ? facts_of(*rule.number_kind, *normal) : NumberFacts{};
    const FieldValue* birth = into.find("date_of_birth");
    if (facts.birth_date && birth != nullptr && birth->value.size() == 10) {
      const auto part = [&](std::size_t from) {
        int number = -1;  // no number is no date
        std::from_chars(birth->value.data() + from, birth->value.data() + from + 2, number);
        return number;
      };
      if (*facts.birth_date != ShortDate{part(2), part(5), part(8)}) {
        into.findings.push_back({FindingCode::consistency, "date_of_birth", true});
      }
    }
    const FieldValue* sex = into.find("sex");
    if (facts.sex != '\0' && sex != nullptr && sex->value != std::string(1, facts.sex)) {
      into.findings.push_back({FindingCode::consistency, "sex", true});
    }
  }
  if (mrz == nullptr) return;
  if (!mrz->is_valid()) into.findings.push_back({FindingCode::format, "mrz", true});
}

/// The zone's years have two digits; a page that prints a birth's year in full tells its century.
/// @return the date as printed where it is the zone's but for the century
std::optional<std::string> in_printed_century(
    const std::string& coded, std::span<const PlacedLine> lines, int this_year
) {
  for (const PlacedLine& line : lines.first(std::min(lines.size(), kDocumentLinesMax))) {
    const auto date = read_date(line.text, DateOrder::day_month_year, this_year);
    if (!date) continue;
    const std::string printed = iso_date(*date);
    if (printed != coded && printed.substr(2) == coded.substr(2) &&
        line.text.find(printed.substr(0, 4)) != std::string::npos)
      return printed;
  }
  return std::nullopt;
}

/// The year of a date that the detector took apart: two or four figures, next in the row.
std::string with_year_beside(std::span<const PlacedLine> lines, std::size_t date) {
  const PlacedLine& line = lines[date];
  for (const PlacedLine& other : lines.first(std::min(lines.size(), kDocumentLinesMax))) {
    const bool is_year = (other.text.size() == 2 || other.text.size() == 4) &&
                         other.text.find_first_not_of("0123456789") == std::string::npos;
    const double middle = (other.top + other.bottom) / 2;
    if (is_year && middle > line.top && middle < line.bottom &&
        other.left > (line.left + line.right) / 2 && other.left - line.right < kNarrowGap)
      return line.text + " " + other.text;
  }
  return line.text;
}

/// A page's labels are small print. Of its dates one is the birth's, one the expiry's: where all
/// others agree and lie between the two, they are the day of issue.
void add_day_of_issue(
    std::span<const PlacedLine> lines,
    const DocumentTemplate& document,
    int this_year,
    DocumentFields& into
) {
  constexpr std::string_view kName = "date_of_issue";
  const FieldValue* birth = into.find("date_of_birth");
  const FieldValue* expiry = into.find("date_of_expiry");
  const auto is_asked = std::ranges::find(document.fields, kName, &FieldRule::name);
  if (is_asked == document.fields.end() || into.find(kName) != nullptr) return;
  if (birth == nullptr || expiry == nullptr || expiry->value.size() != 10) return;
  std::optional<FieldValue> only;
  for (std::size_t i = 0; i < std::min(lines.size(), kDocumentLinesMax); ++i) {
    const std::string text = with_year_beside(lines, i);
    const auto date = read_date(text, is_asked->order, this_year);
    if (!date || !is_date_alone(text)) continue;
    std::string value = iso_date(*date);
    if (value <= birth->value || value >= expiry->value) continue;
    if (only && only->value != value) return;
    only = {std::string(kName), std::move(value), {text}, {i}, lines[i].confidence};
  }
  if (only) into.fields.push_back(std::move(*only));
}

bool is_name(const FieldRule& rule) {
  return rule.name == "surname" || rule.name == "given_names";
}

/// The printed name that transliterates to the zone's: what was found, or of all lines the one that
/// is most like it. Nothing: none does.
std::optional<FieldValue> printed_name(
    const FieldValue& coded, const FieldValue* found, std::span<const PlacedLine> lines, bool is_cut
) {
  NameMatch best;
  std::optional<FieldValue> name;
  if (found != nullptr) {
    if (auto match = match_name(found->value, coded.value, is_cut)) {
      best = std::move(*match);
      name = *found;
      name->value = best.name;
    }
  }
  for (std::size_t i = 0; i < std::min(lines.size(), kDocumentLinesMax); ++i) {
    const std::string text = tidy(in_capitals(lines[i].text));
    auto match = match_name(text, coded.value, is_cut);
    if (!match || match->errors >= best.errors) continue;
    best = std::move(*match);
    name = {coded.name, best.name, {text}, {i}, lines[i].confidence};
  }
  if (name && name->value.ends_with(',')) name->value.pop_back();  // "LIN, MEI-HUA" in one line
  return name;
}

/// Where check digits are wrong the zone says only what the page does not: a specimen's are, and a
/// misread one's; the finding tells it.
void add_doubtful_zone(
    std::span<const PlacedLine> lines,
    const DocumentTemplate& document,
    const Mrz& mrz,
    DocumentFields& into
) {
  if (document.zone_code == '\0' || !mrz.document_code.starts_with(document.zone_code)) return;
  for (const FieldRule& rule : document.fields) {
    if (into.find(rule.name) != nullptr) continue;
    auto coded = from_zone(rule, mrz);
    if (!coded) continue;
    auto name =
        is_name(rule) ? printed_name(*coded, nullptr, lines, mrz.has_full_name()) : std::nullopt;
    into.fields.push_back(std::move(name ? *name : *coded));
  }
}

/// What the zone says goes before what is printed, where its check digits hold.
void add_zone(
    std::span<const PlacedLine> lines,
    const DocumentTemplate& document,
    const Mrz& mrz,
    int this_year,
    DocumentFields& into
) {
  if (!mrz.is_valid()) {
    add_doubtful_zone(lines, document, mrz, into);
    return;
  }
  const bool is_cut = mrz.has_full_name();
  for (const FieldRule& rule : document.fields) {
    auto coded = from_zone(rule, mrz);
    if (!coded) continue;
    if (rule.name == "date_of_birth") {
      if (auto date = in_printed_century(coded->value, lines, this_year))
        coded->value = std::move(*date);
    }
    const auto printed = std::ranges::find(into.fields, rule.name, &FieldValue::name);
    const bool is_printed = printed != into.fields.end();
    if (is_name(rule)) {
      // Names stand on the page as they are, and in the zone transliterated; where there is no room
      // for all, either may be cut (Doc 9303 part 3, section 4.6).
      auto name = printed_name(*coded, is_printed ? &*printed : nullptr, lines, is_cut);
      if (is_printed && !name) {
        into.findings.push_back({FindingCode::consistency, rule.name, false});
      }
      if (name) coded = std::move(name);
      if (is_printed) *printed = *coded;
    }
    if (!is_printed) {
      into.fields.push_back(std::move(*coded));
      continue;
    }
    if (is_name(rule)) continue;
    const bool is_code = rule.name == "nationality" || rule.name == "issuing_state";
    if (!is_code && bare(printed->value).characters != bare(coded->value).characters) {
      into.findings.push_back({FindingCode::consistency, rule.name, false});
    }
    printed->value = coded->value;
  }
}

/// 0..1.
double share_of_marks(
    const DocumentTemplate& document, std::span<const BareText> lines, const Mrz* mrz
) {
  const bool has_zone = document.zone_code != '\0' && mrz != nullptr;
  const bool is_its_zone = has_zone && mrz->document_code.starts_with(document.zone_code);
  if (has_zone && mrz->is_valid()) return is_its_zone ? 1 : 0;
  double found = 0;
  double all = 0;
  for (const DocumentMark& mark : document.marks) {
    const bool is_there = std::ranges::any_of(mark.any_of, [&](const std::string& text) {
      const auto wording = bare(text).characters;
      return std::ranges::any_of(lines, [&](const BareText& line) {
        return find_wording(line, wording).has_value();
      });
    });
    all += std::max(0.0, mark.weight);
    if (is_there) found += mark.weight;
  }
  // Most of a doubtful zone is right, or it would not be one.
  constexpr double kDoubtfulZone = 0.6;
  return std::max(all > 0 ? found / all : 0.0, is_its_zone ? kDoubtfulZone : 0.0);
}

}  // namespace

const FieldValue* DocumentFields::find(std::string_view name) const noexcept {
  const auto it = std::ranges::find(fields, name, &FieldValue::name);
  return it == fields.end() ? nullptr : &*it;
}

std::optional<TemplateMatch> find_template(
    std::span<const PlacedLine> lines, std::span<const DocumentTemplate> templates, const Mrz* mrz
) {
  std::vector<BareText> naked;
  for (const PlacedLine& line : lines.first(std::min(lines.size(), kDocumentLinesMax))) {
    if (line.text.size() <= kDocumentLineBytesMax) naked.push_back(bare(line.text));
  }
  std::optional<TemplateMatch> best;
  for (std::size_t i = 0; i < templates.size(); ++i) {
    const double score = share_of_marks(templates[i], naked, mrz);
    if (score >= kLeastTemplateScore && (!best || score > best->score))
      best = TemplateMatch{i, score};
  }
  return best;
}

std::vector<std::size_t> lines_of_values(
    std::span<const PlacedLine> lines, const DocumentTemplate& document
) {
  std::set<std::u32string> known;
  for (const DocumentMark& mark : document.marks) {
    for (const std::string& wording : mark.any_of) known.insert(bare(wording).characters);
  }
  for (const FieldRule& rule : document.fields) {
    if (rule.kind != FieldKind::choice) continue;
    for (const auto& [seen, meant] : rule.values) known.insert(bare(seen).characters);
  }
  std::vector<std::size_t> worth;
  for (const Segment& segment : segments_of(lines, document)) {
    if (segment.is_label || known.contains(bare(segment.text).characters)) continue;
    if (worth.empty() || worth.back() != segment.line) worth.push_back(segment.line);
  }
  return worth;
}

DocumentFields map_fields(
    std::span<const PlacedLine> lines,
    const DocumentTemplate& document,
    const Mrz* mrz,
    std::chrono::year_month_day today
) {
  DocumentFields result;
  Mapper(lines, document, today).read_fields(result);
  const int this_year = static_cast<int>(today.year());
  if (mrz != nullptr) {
    add_zone(lines, document, *mrz, this_year, result);
    add_day_of_issue(lines, document, this_year, result);
  }
  add_derived(document, this_year, result);
  add_findings(document, mrz, result);
  return result;
}

}  // namespace selfsame::core
