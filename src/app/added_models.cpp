// SPDX-License-Identifier: Apache-2.0
#include "app/added_models.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <sstream>

#include "app/card_fields.h"
#include "app/terminal.h"
#include "base/crypto.h"

namespace selfsame::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNetworkBytesMax = 512u << 20;
constexpr std::size_t kSmallBytesMax = 1u << 20;
constexpr const char* kCardFile = "card.toml";
constexpr const char* kRecordFile = "added.toml";
// Names with a dot are none of a model. Used under the lock only.
constexpr const char* kStaging = ".staging";
constexpr const char* kReplaced = ".replaced";

/// A regular file of `folder`, never through a link.
Result<Bytes> read_regular(const fs::path& path, std::size_t bytes_max) {
  std::error_code error;
  if (fs::is_regular_file(fs::symlink_status(path, error)) &&
      fs::file_size(path, error) > bytes_max) {
    return fail(
        Errc::payload_too_large,
        fmt::format("{} is over the limit of {} bytes", path.string(), bytes_max)
    );
  }
  SELFSAME_TRY(file, storage::open_file(path, O_RDONLY));
  return storage::read_file(file, path, bytes_max);
}

bool is_vacant(const fs::path& path) {
  std::error_code error;
  return !fs::exists(fs::symlink_status(path, error));
}

std::string calibration_name(const std::string& precision) {
  return "calibration." + precision + ".toml";
}

std::string user_name() {
  passwd entry{};
  passwd* found = nullptr;
  std::string buffer(4096, '\0');
  const auto uid = geteuid();
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return found->pw_name;
  }
  return fmt::format("uid {}", uid);
}

Result<void> read_stored_calibrations(AddedModel& model) {
  for (const char* precision : {"f32", "bf16", "int8"}) {
    const std::string file = calibration_name(precision);
    if (is_vacant(model.dir / file)) continue;
    SELFSAME_TRY(content, read_regular(model.dir / file, kSmallBytesMax));
    SELFSAME_TRY(root, parse_toml(text_of(content), file));
    SELFSAME_TRY(calibrations, read_calibrations(root, file));
    model.calibrations.insert(model.calibrations.end(), calibrations.begin(), calibrations.end());
  }
  return {};
}

Result<void> read_record(AddedModel& model) {
  const std::string where = model.dir.filename().string() + " added.toml";
  SELFSAME_TRY(content, read_regular(model.dir / kRecordFile, kSmallBytesMax));
  SELFSAME_TRY(root, parse_toml(text_of(content), where));
  TomlReader reader(root, where);
  model.card_sha256 = reader.required<std::string>("card_sha256");
  model.added_at = reader.required<std::string>("added_at");
  model.added_by = reader.required<std::string>("added_by");
  if (auto error = reader.error()) return fail(Errc::invalid_parameter, *error);
  return {};
}

Result<AddedModel> read_model(const fs::path& dir) {
  AddedModel model;
  model.dir = dir;
  SELFSAME_TRY(content, read_regular(dir / kCardFile, kCardBytesMax));
  SELFSAME_TRY(card, read_added_card(text_of(content)));
  model.card = std::move(card);
  SELFSAME_CHECK(read_record(model));
  if (model.card.name != dir.filename() || to_hex(sha256(content)) != model.card_sha256) {
    return fail(Errc::integrity_failure, "its card was changed since it was added");
  }
  SELFSAME_CHECK(read_stored_calibrations(model));
  return model;
}

Result<void> rename_durably(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) {
    return fail(
        Errc::storage_unavailable,
        fmt::format("cannot rename {} to {}: {}", from.string(), to.string(), error.message())
    );
  }
  return storage::sync_directory(to.parent_path());
}

std::string record_of(const std::string& card_sha256, const AddedModel& model) {
  std::ostringstream text;
  text << toml::table{
              {"added_at", model.added_at},
              {"added_by", model.added_by},
              {"card_sha256", card_sha256},
          }
       << '\n';
  return text.str();
}

}  // namespace

fs::path added_models_dir(const std::string& data_dir) {
  return fs::path(data_dir) / "models";
}

Result<std::vector<AddedModel>> read_added_models(const std::string& data_dir) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(added_models_dir(data_dir), error)) {
    if (!entry.path().filename().string().starts_with('.')) folders.push_back(entry.path());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return fail(
        Errc::storage_unavailable,
        fmt::format("{}: {}", added_models_dir(data_dir).string(), error.message())
    );
  }
  std::ranges::sort(folders);
  std::vector<AddedModel> models;
  for (const fs::path& folder : folders) {
    auto model = read_model(folder);
    if (!model) {
      const std::string name = folder.filename().string();
      return fail(
          model.error().code,
          fmt::format(
              "added model {}: {}; see docs/models.md, or `selfsame models remove {}`",
              name,
              model.error().detail,
              name
          )
      );
    }
    models.push_back(std::move(*model));
  }
  return models;
}

Result<void> join(
    vision::ModelCards& cards, const std::vector<AddedModel>& added, const std::string& comparator
) {
  bool found = comparator.empty();
  for (const AddedModel& model : added) {
    for (vision::NetworkCard network : model.card.networks) {
      if (cards.find(network.name) != nullptr) {
        return fail(
            Errc::invalid_parameter,
            fmt::format("two networks are named {}; rename it in the added card", network.name)
        );
      }
      network.file = fs::absolute(model.dir / network.file).string();
      cards.networks.push_back(std::move(network));
    }
    cards.pad.members.insert(cards.pad.members.end(), model.card.pad.begin(), model.card.pad.end());
    cards.pad.policies.insert(
        cards.pad.policies.end(), model.card.policies.begin(), model.card.policies.end()
    );
    if (model.card.name != comparator || model.card.comparator.empty()) continue;
    found = true;
    cards.comparator = model.card.comparator;
    cards.calibrations.clear();
    std::ranges::copy_if(
        model.calibrations,
        std::back_inserter(cards.calibrations),
        [&](const auto& calibration) { return is_of_these_networks(calibration, cards); }
    );
  }
  if (!found) {
    return fail(
        Errc::invalid_parameter,
        fmt::format("models.comparator: no added model with a comparator is named {}", comparator)
    );
  }
  for (const auto& member : cards.comparator) {
    const auto* network = cards.find(member.network);
    if (network != nullptr && network->role == "recogniser") continue;
    return fail(
        Errc::invalid_parameter,
        fmt::format("the comparator names no recogniser: {}", member.network)
    );
  }
  return {};
}

bool is_of_these_networks(
    const vision::ComparatorCalibration& calibration, const vision::ModelCards& cards
) {
  const auto unchanged = [&](const auto& network) {
    const vision::NetworkCard* card = cards.find(network.first);
    return card != nullptr && card->sha256 == network.second;
  };
  return !calibration.networks.empty() && std::ranges::all_of(calibration.networks, unchanged);
}

Result<ModelInstaller> ModelInstaller::open(const std::string& data_dir) {
  const fs::path models = added_models_dir(data_dir);
  const bool made_data = is_vacant(data_dir);
  SELFSAME_CHECK(storage::make_directory(models));
  storage::FileDescriptor lock(::open(models.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock.valid()) return storage::fail_with_errno("cannot open", models);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(
        Errc::conflict, "another `selfsame models` command is at work in " + models.string()
    );
  }
  return ModelInstaller(models, made_data, std::move(lock));
}

ModelInstaller::~ModelInstaller() {
  if (!lock_.valid()) return;
  std::error_code ignored;
  fs::remove_all(models_ / kStaging, ignored);
  fs::remove_all(models_ / kReplaced, ignored);
  fs::remove(models_, ignored);  // when it is empty
  if (made_data_) fs::remove(models_.parent_path(), ignored);
}

Result<AddedModel> ModelInstaller::stage(const fs::path& folder) {
  AddedModel model;
  model.dir = models_ / kStaging;
  std::error_code ignored;
  fs::remove_all(model.dir, ignored);  // of a command that was killed
  SELFSAME_TRY(text, read_regular(folder / kCardFile, kCardBytesMax));
  SELFSAME_TRY(card, read_added_card(text_of(text)));
  model.card = std::move(card);
  SELFSAME_CHECK(storage::make_directory(model.dir));
  for (const auto& network : model.card.networks) {
    SELFSAME_TRY(content, read_regular(folder / network.file, kNetworkBytesMax));
    if (to_hex(sha256(content)) != network.sha256) {
      return fail(
          Errc::integrity_failure,
          fmt::format("{} is not the file that its card names (sha256 differs)", network.file)
      );
    }
    SELFSAME_CHECK(storage::write_new_file(model.dir / network.file, {content}));
  }
  model.card_sha256 = to_hex(sha256(text));
  model.added_at = rfc3339(
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now())
  );
  model.added_by = user_name();
  SELFSAME_CHECK(storage::write_new_file(model.dir / kCardFile, {text}));
  const std::string record = record_of(model.card_sha256, model);
  SELFSAME_CHECK(storage::write_new_file(model.dir / kRecordFile, {bytes_of(record)}));
  SELFSAME_CHECK(storage::sync_directory(model.dir));
  return model;
}

Result<void> ModelInstaller::install(const AddedModel& staged) {
  const fs::path place = models_ / staged.card.name;
  if (is_vacant(place)) return rename_durably(staged.dir, place);
  // Exchanged in one step: a server that starts at any moment finds the old one or the new one.
  if (::renameat2(AT_FDCWD, staged.dir.c_str(), AT_FDCWD, place.c_str(), RENAME_EXCHANGE) != 0) {
    return storage::fail_with_errno("cannot replace", place);
  }
  return storage::sync_directory(models_);
}

Result<void> ModelInstaller::remove(const std::string& name) {
  if (!is_model_name(name) || is_vacant(models_ / name)) {
    return fail(Errc::not_found, fmt::format("no added model is named {}", name));
  }
  return rename_durably(models_ / name, models_ / kReplaced);
}

Result<void> ModelInstaller::store_calibration(
    const std::string& name, const std::string& precision, const std::string& text
) {
  const fs::path fresh = models_ / name / ".calibration.new";
  std::error_code ignored;
  fs::remove(fresh, ignored);
  SELFSAME_CHECK(storage::write_new_file(fresh, {bytes_of(text)}));
  return rename_durably(fresh, models_ / name / calibration_name(precision));
}

}  // namespace selfsame::app
