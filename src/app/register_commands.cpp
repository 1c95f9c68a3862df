// SPDX-License-Identifier: Apache-2.0
// selfsame register.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "app/commands.h"
#include "app/csv_reader.h"
#include "app/engine_setup.h"
#include "app/store_setup.h"
#include "app/terminal.h"
#include "core/id_number.h"
#include "evaluation/text_lines.h"
#include "flows/register_import.h"
#include "storage/register_repositories.h"

namespace selfsame::app {
namespace {

namespace json = boost::json;

constexpr std::size_t kListBytesMax = std::size_t{512} << 20;
constexpr std::size_t kPhotoBytesMax = std::size_t{8} << 20;
constexpr std::size_t kComplaintsMax = 1000;
constexpr int kPage = 500;

/// Where the columns are; the names in the first record say it.
struct Columns {
  static constexpr std::array<std::string_view, 6> kNames = {
      "number", "name", "valid_from", "valid_until", "photo", "kind"
  };
  std::array<std::optional<std::size_t>, kNames.size()> at;
  std::size_t count = 0;

  /// Empty where there is no such column.
  [[nodiscard]] const std::string& field(const CsvRecord& record, std::size_t column) const {
    static const std::string kNone;
    return at.at(column) ? record.fields.at(*at.at(column)) : kNone;
  }
};
enum Column : std::size_t { kNumber, kName, kValidFrom, kValidUntil, kPhoto, kKind };

Result<Columns> columns_of(const std::optional<CsvRecord>& header) {
  const auto wrong = [](const std::string& why) { return fail(Errc::malformed_request, why); };
  if (!header) return wrong("the list is empty");
  Columns columns;
  columns.count = header->fields.size();
  for (std::size_t i = 0; i < header->fields.size(); ++i) {
    const auto* const it = std::ranges::find(Columns::kNames, header->fields[i]);
    if (it == Columns::kNames.end()) {
      return wrong(fmt::format(
          "line {}: column {} is none of number, name, valid_from, valid_until, photo, kind",
          header->line,
          i + 1
      ));
    }
    auto& place = columns.at.at(static_cast<std::size_t>(it - Columns::kNames.begin()));
    if (place) return wrong(fmt::format("line {}: a column comes twice", header->line));
    place = i;
  }
  if (!columns.at[kNumber] || !columns.at[kName]) {
    return wrong(fmt::format("line {}: there is no column number or name", header->line));
  }
  return columns;
}

/// What became of the rows.
struct Tally {
  std::size_t added = 0;
  std::size_t replaced = 0;
  std::size_t unchanged = 0;
  std::size_t refused = 0;
  std::size_t doubtful = 0;    // taken, but the number breaks a rule that warns
  std::size_t monochrome = 0;  // taken, with a grey portrait

  [[nodiscard]] std::size_t rows() const { return added + replaced + unchanged + refused; }
};

/// A line on standard error that rewrites itself; nothing when that is not a terminal.
void show_progress(std::size_t rows) {
  constexpr std::size_t kEvery = 20;
  if (rows % kEvery == 0 && isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r{} rows", rows);
}

class Import {
 public:
  Import(
      const flows::RegisterImport& flow,
      const RegisterImportOptions& options,
      const Columns& columns
  )
      : flow_(flow), options_(options), columns_(columns) {}

  /// An error of ours ends the import; what is wrong with a row is counted and told.
  Result<void> take(const CsvRecord& record) {
    auto row = row_of(record);
    if (!row) return refuse(record.line, row.error());
    const auto report = flow_.take(*row, options_.dry_run);
    if (!report && report.error().code != Errc::invalid_parameter) {
      return tl::unexpected(report.error());
    }
    if (!report) return refuse(record.line, report.error());
    count(*report);
    if (report->number_is_doubtful) warn(record.line, "the number breaks a rule of its kind");
    show_progress(tally_.rows());
    return {};
  }

  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  Result<flows::RegisterImportRow> row_of(const CsvRecord& record) const {
    if (record.fields.size() != columns_.count) {
      return fail(
          Errc::invalid_parameter,
          fmt::format("{} fields, and the first line has {}", record.fields.size(), columns_.count)
      );
    }
    const std::string& kind = columns_.field(record, kKind);
    const auto known = core::id_number_kind_from(kind.empty() ? options_.kind : kind);
    if (!known) return fail(Errc::invalid_parameter, "there is no such kind of number");
    flows::RegisterImportRow row{
        .kind = *known,
        .number = columns_.field(record, kNumber),
        .name = columns_.field(record, kName),
        .valid_from = columns_.field(record, kValidFrom),
        .valid_until = columns_.field(record, kValidUntil),
        .photo = {}
    };
    SELFSAME_TRY(photo, photo_of(columns_.field(record, kPhoto)));
    row.photo = std::move(photo);
    return row;
  }

  [[nodiscard]] Result<Bytes> photo_of(const std::string& name) const {
    if (name.empty()) return Bytes{};
    if (options_.photos.empty()) return fail(Errc::invalid_parameter, "a photo needs --photos DIR");
    if (!evaluation::is_safe_path(name)) {
      return fail(Errc::invalid_parameter, "the photo is not inside the folder of photos");
    }
    auto photo =
        read_file((std::filesystem::path(options_.photos) / name).string(), kPhotoBytesMax);
    if (!photo) return fail(Errc::invalid_parameter, "the photo cannot be read, or is over 8 MB");
    if (photo->empty()) return fail(Errc::invalid_parameter, "the photo is empty");
    return photo;
  }

  void count(const flows::RegisterImportReport& report) {
    switch (report.change) {
      case flows::RegisterChange::added:
        ++tally_.added;
        break;
      case flows::RegisterChange::replaced:
        ++tally_.replaced;
        break;
      case flows::RegisterChange::unchanged:
        ++tally_.unchanged;
        break;
    }
    tally_.doubtful += report.number_is_doubtful ? 1 : 0;
    tally_.monochrome += report.has_photo && !report.photo_in_colour ? 1 : 0;
  }

  void warn(std::size_t line, const std::string& what) {
    if (++told_ <= kComplaintsMax) fmt::print(stderr, "selfsame: line {}: {}\n", line, what);
    if (told_ == kComplaintsMax) fmt::print(stderr, "selfsame: no further lines are told\n");
  }

  Result<void> refuse(std::size_t line, const Error& error) {
    ++tally_.refused;
    warn(line, error.detail);
    return {};
  }

  const flows::RegisterImport& flow_;
  const RegisterImportOptions& options_;
  const Columns& columns_;
  Tally tally_;
  std::size_t told_ = 0;
};

/// Standard output's last word, also of an import that broke off.
void print_tally(const Tally& tally, bool ok, const RegisterImportOptions& options) {
  if (options.json) {
    print_json(json::object{
        {"ok", ok},
        {"dry_run", options.dry_run},
        {"added", tally.added},
        {"replaced", tally.replaced},
        {"unchanged", tally.unchanged},
        {"refused", tally.refused},
        {"doubtful_numbers", tally.doubtful},
        {"monochrome_photos", tally.monochrome}
    });
    return;
  }
  fmt::print(
      "{}{} added, {} replaced, {} unchanged, {} refused; {} doubtful numbers, {} monochrome "
      "photos\n",
      options.dry_run ? "Nothing stored. " : "",
      tally.added,
      tally.replaced,
      tally.unchanged,
      tally.refused,
      tally.doubtful,
      tally.monochrome
  );
}

Result<void> import_all(CsvReader& reader, Import& import) {
  for (;;) {
    SELFSAME_TRY(record, reader.next());
    if (!record) return {};
    SELFSAME_CHECK(import.take(*record));
  }
}

std::string validity_text(const std::optional<core::Validity>& validity) {
  if (!validity) return "-";
  return core::text_of(validity->from) + "-" + core::text_of(validity->until);
}

const char* photo_text(const storage::RegisterEntry& entry) {
  if (entry.photo_blob.empty()) return "none";
  return entry.photo_in_colour ? "colour" : "monochrome";
}

json::object entry_json(const storage::RegisterEntry& entry, bool reveal) {
  const core::RegisterRecord& record = entry.record;
  json::object object{
      {"number", reveal ? record.number : core::masked_id_number(record.number)},
      {"valid_from", nullptr},
      {"valid_until", nullptr},
      {"photo", photo_text(entry)},
      {"imported_at", rfc3339(entry.imported_at)}
  };
  if (reveal) object["name"] = record.name;
  if (record.validity) {
    object["valid_from"] = core::text_of(record.validity->from);
    object["valid_until"] = core::text_of(record.validity->until);
  }
  return object;
}

void print_entry(const storage::RegisterEntry& entry, bool reveal) {
  const core::RegisterRecord& record = entry.record;
  fmt::print(
      "{}  {}  {:10}  {}{}\n",
      rfc3339(entry.imported_at),
      reveal ? record.number : core::masked_id_number(record.number),
      photo_text(entry),
      validity_text(record.validity),
      reveal ? "  " + record.name : ""
  );
}

/// The numbers of standard input, a line each, or the one given.
std::vector<std::string> numbers_of(const std::string& number) {
  if (number != "-") return {number};
  std::vector<std::string> numbers;
  for (std::string line; std::getline(std::cin, line);) {
    if (!line.empty()) numbers.push_back(line);
  }
  return numbers;
}

}  // namespace

int register_import(const Settings& settings, const RegisterImportOptions& options) {
  const auto list = read_file(options.list, kListBytesMax);
  if (!list) return complain("register import", list.error());
  CsvReader reader(text_of(*list));
  const auto header = reader.next();
  if (!header) return complain("register import", header.error());
  const auto columns = columns_of(*header);
  if (!columns) return complain("register import", columns.error());
  if (!core::id_number_kind_from(options.kind)) {
    return complain("register import", {Errc::invalid_parameter, "--kind: no such kind of number"});
  }
  std::unique_ptr<vision::FaceEngine> engine;
  if (!options.photos.empty()) {
    auto loaded = load_engine(settings, settings.data_dir + "/model-cache");
    if (!loaded) return complain("register import", loaded.error());
    engine = std::move(*loaded);
  }
  const auto stores = open_stores(settings);
  if (!stores) return complain("register import", stores.error());
  const SystemClock clock;
  const flows::RegisterImport flow(engine.get(), *stores->database, *stores->blobs, clock);
  Import import(flow, options, *columns);
  const auto done = import_all(reader, import);
  const bool is_whole = done && import.tally().refused == 0;
  print_tally(import.tally(), is_whole, options);
  if (!done) return complain("register import: broke off; run it again", done.error());
  return is_whole ? kDone : kFailed;
}

int register_list(const Settings& settings, bool reveal, bool as_json) {
  const auto stores = open_existing_stores(settings);
  if (!stores) return complain("register list", stores.error());
  json::array array;
  std::size_t entries = 0;
  Bytes from;
  do {
    auto page = stores->database->register_records().list(from, kPage);
    if (!page) return complain("register list", page.error());
    for (const storage::RegisterEntry& entry : page->entries) {
      ++entries;
      if (as_json) {
        array.push_back(entry_json(entry, reveal));
      } else {
        print_entry(entry, reveal);
      }
    }
    from = std::move(page->next);
  } while (!from.empty());
  if (as_json) {
    print_json(json::object{{"entries", std::move(array)}});
  } else if (entries == 0) {
    fmt::print("The register is empty. Fill it: selfsame register import FILE.csv --photos DIR\n");
  }
  return kDone;
}

int register_erase(
    const Settings& settings, const std::string& number, bool history, bool as_json
) {
  const auto stores = open_existing_stores(settings);
  if (!stores) return complain("register erase", stores.error());
  const SystemClock clock;
  const flows::RegisterImport flow(nullptr, *stores->database, *stores->blobs, clock);
  std::size_t erased = 0;
  std::optional<Error> failure;
  for (const std::string& each : numbers_of(number)) {
    if (auto done = flow.erase(each, history); !done) {
      failure = std::move(done).error();
    } else {
      ++erased;
    }
  }
  if (as_json) {
    print_json(json::object{{"ok", !failure}, {"erased", erased}});
  } else {
    fmt::print("{} erased\n", erased);
  }
  return failure ? complain("register erase", *failure) : kDone;
}

}  // namespace selfsame::app
