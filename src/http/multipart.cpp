// SPDX-License-Identifier: Apache-2.0
#include "http/multipart.h"

#include <string.h>

#include <algorithm>
#include <utility>

namespace selfsame::http {
namespace {

constexpr std::size_t kBoundaryMax = 70;  // RFC 2046 section 5.1.1

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equals_without_case(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Reads "value; name=token; name=\"quoted\"" from left to right.
class Parameters {
 public:
  explicit Parameters(std::string_view text) {
    const auto end = std::min(text.find(';'), text.size());
    value_ = trimmed(text.substr(0, end));
    rest_ = text.substr(end);
  }
  [[nodiscard]] std::string_view value() const noexcept { return value_; }

  /// The next name and value; nothing at the end, or where the text is broken: then is_broken().
  std::optional<std::pair<std::string_view, std::string>> next() {
    rest_ = trimmed(rest_);
    while (rest_.starts_with(';')) rest_ = trimmed(rest_.substr(1));
    if (rest_.empty()) return std::nullopt;
    const auto equals = rest_.find('=');
    if (equals == rest_.npos) return broken();
    const auto name = trimmed(rest_.substr(0, equals));
    if (name.empty() || name.find_first_of("; \t\"") != name.npos) return broken();
    rest_ = trimmed(rest_.substr(equals + 1));
    std::string value;
    if (rest_.starts_with('"')) {
      if (!read_quoted(value)) return broken();
    } else {
      const auto end = std::min(rest_.find(';'), rest_.size());
      value = trimmed(rest_.substr(0, end));
      rest_ = rest_.substr(end);
    }
    if (!rest_.empty() && !rest_.starts_with(';')) return broken();
    return std::pair{name, std::move(value)};
  }
  [[nodiscard]] bool is_broken() const noexcept { return broken_; }

 private:
  std::nullopt_t broken() noexcept {
    broken_ = true;
    return std::nullopt;
  }
  /// Only \" and \\ are escapes: browsers send the backslashes of a file name as they are.
  bool read_quoted(std::string& to) {
    for (std::size_t at = 1; at < rest_.size(); ++at) {
      if (rest_[at] == '"') {
        rest_ = trimmed(rest_.substr(at + 1));
        return true;
      }
      const bool escapes = rest_[at] == '\\' && at + 1 < rest_.size() &&
                           (rest_[at + 1] == '"' || rest_[at + 1] == '\\');
      if (escapes) ++at;
      to += rest_[at];
    }
    return false;
  }

  std::string_view value_;
  std::string_view rest_;
  bool broken_ = false;
};

Result<std::string> boundary_of(std::string_view content_type) {
  Parameters parameters(content_type);
  if (!equals_without_case(parameters.value(), "multipart/form-data")) {
    return fail(Errc::malformed_request, "not multipart/form-data");
  }
  std::optional<std::string> boundary;
  while (auto parameter = parameters.next()) {
    if (!equals_without_case(parameter->first, "boundary")) continue;
    if (boundary) return fail(Errc::malformed_request, "two boundaries");
    boundary = std::move(parameter->second);
  }
  const auto is_allowed = [](char c) {
    constexpr std::string_view kSpecials = "'()+_,-./:=? ";
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
           kSpecials.find(c) != kSpecials.npos;
  };
  if (parameters.is_broken() || !boundary || boundary->empty() || boundary->size() > kBoundaryMax ||
      boundary->ends_with(' ') || !std::ranges::all_of(*boundary, is_allowed)) {
    return fail(Errc::malformed_request, "no usable boundary");
  }
  return *std::move(boundary);
}

/// Reads the header of a part, `header` with a line end after each field.
Result<Part> part_of(std::string_view header) {
  Part part;
  bool disposed = false;
  while (!header.empty()) {
    const auto end = header.find("\r\n");
    const auto line = header.substr(0, end);
    header.remove_prefix(end + 2);
    const auto colon = line.find(':');
    const bool has_control = std::ranges::any_of(line, [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    });
    if (has_control || colon == line.npos || colon == 0 ||
        line.substr(0, colon).find_first_of(" \t") != line.npos) {
      return fail(Errc::malformed_request, "part header");
    }
    const auto name = line.substr(0, colon);
    const auto value = trimmed(line.substr(colon + 1));
    if (equals_without_case(name, "Content-Type")) {
      part.content_type = value;
    } else if (equals_without_case(name, "Content-Transfer-Encoding")) {
      const bool is_identity = equals_without_case(value, "binary") ||
                               equals_without_case(value, "8bit") ||
                               equals_without_case(value, "7bit");
      if (!is_identity) return fail(Errc::malformed_request, "part with a transfer encoding");
    } else if (equals_without_case(name, "Content-Disposition")) {
      Parameters parameters(value);
      if (std::exchange(disposed, true) || !equals_without_case(parameters.value(), "form-data")) {
        return fail(Errc::malformed_request, "part disposition");
      }
      while (auto parameter = parameters.next()) {
        if (equals_without_case(parameter->first, "name")) {
          if (!part.name.empty()) return fail(Errc::malformed_request, "part with two names");
          part.name = std::move(parameter->second);
        } else if (equals_without_case(parameter->first, "filename")) {
          part.filename = std::move(parameter->second);
        }
      }
      if (parameters.is_broken()) return fail(Errc::malformed_request, "part disposition");
    }
  }
  if (part.name.empty()) return fail(Errc::malformed_request, "part without a name");
  return part;
}

/// Finds the lines that separate parts.
class Delimiters {
 public:
  struct Line {
    std::size_t begin = 0;  // where the content before it ends
    std::size_t end = 0;    // where the part after it begins
    bool closes = false;
  };

  Delimiters(std::string_view body, const std::string& boundary)
      : body_(body), delimiter_("\r\n--" + boundary) {}

  /// The next one at or after `from`. The first may stand at the very begin of the body.
  [[nodiscard]] std::optional<Line> find(std::size_t from) const {
    if (from == 0 && body_.starts_with(std::string_view(delimiter_).substr(2))) {
      if (auto line = complete(0, delimiter_.size() - 2)) return line;
    }
    for (;;) {
      if (from >= body_.size()) return std::nullopt;
      const void* const found =
          ::memmem(body_.data() + from, body_.size() - from, delimiter_.data(), delimiter_.size());
      if (found == nullptr) return std::nullopt;
      const auto begin = static_cast<std::size_t>(static_cast<const char*>(found) - body_.data());
      if (auto line = complete(begin, begin + delimiter_.size())) return line;
      from = begin + delimiter_.size();
    }
  }

 private:
  /// A delimiter is followed by "--", or by white space and a line end; else it is content.
  [[nodiscard]] std::optional<Line> complete(std::size_t begin, std::size_t at) const {
    Line line;
    line.begin = begin;
    if (body_.substr(at, 2) == "--") {
      line.closes = true;
      return line;
    }
    while (at < body_.size() && (body_[at] == ' ' || body_[at] == '\t')) ++at;
    if (body_.substr(at, 2) != "\r\n") return std::nullopt;
    line.end = at + 2;
    return line;
  }

  std::string_view body_;
  std::string delimiter_;
};

}  // namespace

Result<std::vector<Part>> parse_multipart(
    std::string_view content_type, std::string_view body, MultipartLimits limits
) {
  SELFSAME_TRY(boundary, boundary_of(content_type));
  const Delimiters delimiters(body, boundary);
  std::vector<Part> parts;
  auto line = delimiters.find(0);
  // RFC 2046 allows a preamble; no client sends one, and text there means a broken body.
  if (line && line->begin != 0)
    return fail(Errc::malformed_request, "body begins without the boundary");
  while (line && !line->closes) {
    if (parts.size() == limits.parts_max) return fail(Errc::malformed_request, "too many parts");
    // The header ends with an empty line, which may be its first.
    const auto window = body.substr(line->end, limits.header_bytes_max);
    std::size_t header_size = 0;
    if (!window.starts_with("\r\n")) {
      const auto end = window.find("\r\n\r\n");
      if (end == window.npos) return fail(Errc::malformed_request, "part header does not end");
      header_size = end + 2;
    }
    SELFSAME_TRY(part, part_of(window.substr(0, header_size)));
    // The line end of an empty header or content may be that of the next delimiter.
    const auto content = line->end + header_size + 2;
    const auto next = delimiters.find(content - 2);
    if (!next) return fail(Errc::malformed_request, "closing boundary is missing");
    part.content =
        next->begin < content ? std::string_view() : body.substr(content, next->begin - content);
    parts.push_back(std::move(part));
    line = next;
  }
  if (!line) return fail(Errc::malformed_request, "closing boundary is missing");
  return parts;
}

}  // namespace selfsame::http
