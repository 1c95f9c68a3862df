// SPDX-License-Identifier: Apache-2.0
// The models that an operator added: one folder each under DATA/models, and how they join the
// packaged ones.
//
//   DATA/models/NAME/card.toml         as it was brought (added_card.h)
//                   /FILE              the networks that it names
//                   /added.toml        who added it, when, and the SHA-256 of its card
//                   /calibration.PRECISION.toml  what `selfsame eval face --calibrate` measured
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/added_card.h"
#include "base/result.h"
#include "storage/durable_file.h"
#include "vision/model_cards.h"

namespace selfsame::app {

struct AddedModel {
  std::filesystem::path dir;
  AddedCard card;
  std::string card_sha256;  // as it was when it was added
  std::string added_at;
  std::string added_by;
  std::vector<vision::ComparatorCalibration> calibrations;
};

/// Every added model in the order of the names; none when there is no such folder. An error names
/// the model that does not read, or whose card was changed since: nothing decides until it is
/// repaired or removed.
[[nodiscard]] Result<std::vector<AddedModel>> read_added_models(const std::string& data_dir);

/// Adds their networks, weights and thresholds to the packaged cards, and makes the comparator that
/// of the added model named `comparator`; empty: the packaged one. `invalid_parameter` when a name
/// comes twice or names nothing. Thresholds of other networks (is_of_these_networks) are left out.
[[nodiscard]] Result<void> join(
    vision::ModelCards& cards, const std::vector<AddedModel>& added, const std::string& comparator
);

/// Was it measured with these very files? Thresholds of an older network decide nothing.
[[nodiscard]] bool is_of_these_networks(
    const vision::ComparatorCalibration& calibration, const vision::ModelCards& cards
);

/// DATA/models.
[[nodiscard]] std::filesystem::path added_models_dir(const std::string& data_dir);

/// Changes DATA/models. What it makes is for the owner only, and whole or absent.
class ModelInstaller {
 public:
  /// One at a time: `conflict` when another command is at it. Makes DATA/models where missing.
  [[nodiscard]] static Result<ModelInstaller> open(const std::string& data_dir);
  ModelInstaller(ModelInstaller&&) noexcept = default;
  ModelInstaller& operator=(ModelInstaller&&) = delete;
  ModelInstaller(const ModelInstaller&) = delete;
  ModelInstaller& operator=(const ModelInstaller&) = delete;
  /// Removes what was staged and not installed, and the folders that it made for nothing.
  ~ModelInstaller();

  /// Copies card.toml and the networks that it names out of `folder`: regular files only, no links,
  /// of the SHA-256 that the card says. The staged model can be tried where it lies.
  [[nodiscard]] Result<AddedModel> stage(const std::filesystem::path& folder);

  /// Makes the staged model the one of its name, in place of an older one with its calibration.
  [[nodiscard]] Result<void> install(const AddedModel& staged);

  /// `not_found` when there is none. A card that does not read any more does not hinder it.
  [[nodiscard]] Result<void> remove(const std::string& name);

  /// Puts the measured thresholds of an added model in the place of older ones of that precision.
  [[nodiscard]] Result<void> store_calibration(
      const std::string& name, const std::string& precision, const std::string& text
  );

 private:
  ModelInstaller(std::filesystem::path models, bool made_data, storage::FileDescriptor lock)
      : models_(std::move(models)), made_data_(made_data), lock_(std::move(lock)) {}
  std::filesystem::path models_;
  bool made_data_ = false;
  storage::FileDescriptor lock_;
};

}  // namespace selfsame::app
