// SPDX-License-Identifier: Apache-2.0
#include "evaluation/face_evaluation.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "evaluation/comparator.h"
#include "evaluation/labels_fix.h"
#include "evaluation/pairs_file.h"
#include "evaluation/text_lines.h"

namespace selfsame::evaluation {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostListBytes = std::size_t{1} << 30U;

/// Numbers for names, in the order of their coming.
class Numbering {
 public:
  std::uint32_t number_of(const std::string& name) {
    return numbers_.emplace(name, static_cast<std::uint32_t>(numbers_.size())).first->second;
  }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(numbers_.size()); }

 private:
  std::map<std::string, std::uint32_t> numbers_;
};

/// The photos that gave templates, flattened, and where each is.
struct Gallery {
  TemplateSet set;
  std::map<std::string, std::size_t> row_of;  // by photo
};

Result<LabelsFix> labels_fix_of(const FaceEvaluationRequest& request) {
  if (!request.labels_fix) return LabelsFix{};
  SELFSAME_TRY(bytes, read_file(*request.labels_fix, kMostListBytes));
  auto fix = LabelsFix::parse(text_of(bytes));
  if (!fix) return fail(fix.error().code, request.labels_fix->string() + ": " + fix.error().detail);
  return fix;
}

Result<std::vector<ListedPair>> pairs_of(const FaceEvaluationRequest& request) {
  SELFSAME_TRY(bytes, read_file(*request.pairs, kMostListBytes));
  auto pairs = parse_pairs(text_of(bytes));
  if (!pairs)
    return fail(pairs.error().code, request.pairs->string() + ": " + pairs.error().detail);
  return pairs;
}

/// Reads the photos and notes the failures; identities by name, merged by `fix`.
Result<Gallery> gallery_of(
    const vision::FaceEngine& engine,
    const FaceEvaluationRequest& request,
    const std::vector<std::string>& photos,
    const LabelsFix& fix,
    const Progress& progress,
    FaceEvaluation& evaluation
) {
  SELFSAME_TRY(read, read_photos(engine, request.images, photos, request.threads, progress));
  Numbering identities;
  Gallery gallery;
  std::vector<const vision::FaceTemplates*> templates;
  std::vector<std::uint32_t> identity;
  for (const ReadPhoto& each : read) {
    if (!each.failure.empty()) {
      evaluation.failures.push_back({each.photo, each.failure});
      continue;
    }
    gallery.row_of[each.photo] = templates.size();
    templates.push_back(&each.templates);
    identity.push_back(identities.number_of(fix.person_of(identity_of(each.photo))));
  }
  evaluation.counts.photos = photos.size();
  evaluation.counts.failures_to_acquire = evaluation.failures.size();
  evaluation.counts.templates = templates.size();
  evaluation.counts.identities = identities.size();
  SELFSAME_TRY(set, flatten(engine, templates, std::move(identity), identities.size()));
  gallery.set = std::move(set);
  return gallery;
}

Result<void> evaluate_all_pairs(
    const vision::FaceEngine& engine,
    const FaceEvaluationRequest& request,
    const LabelsFix& fix,
    const Progress& progress,
    FaceEvaluation& evaluation
) {
  SELFSAME_TRY(photos, find_photos(request.images));
  evaluation.counts.omitted =
      std::erase_if(photos, [&](const std::string& photo) { return fix.omits(photo); });
  const auto outside =
      std::ranges::find_if(photos, [](const auto& photo) { return identity_of(photo).empty(); });
  if (outside != photos.end()) {
    return fail(Errc::invalid_parameter, *outside + " lies in no person's folder");
  }
  SELFSAME_TRY(gallery, gallery_of(engine, request, photos, fix, progress, evaluation));
  SELFSAME_TRY(scores, compare_all(gallery.set, kTailShare, request.threads));
  evaluation.counts.genuine_pairs = scores.genuine.size();
  evaluation.counts.impostor_pairs = scores.impostor_count;
  SELFSAME_TRY(rates, error_rates(scores, Extrapolation::pareto, request.bootstrap));
  evaluation.rates = std::move(rates);
  return {};
}

/// Leaves out what the label fixes contradict: an omitted photo, or an impostor pair of one person.
void drop_contradicted(std::vector<ListedPair>& pairs, const LabelsFix& fix, FaceCounts& counts) {
  std::set<std::string> omitted;
  counts.skipped_pairs += std::erase_if(pairs, [&](const ListedPair& pair) {
    bool drop = false;
    for (const std::string* photo : {&pair.image_a, &pair.image_b}) {
      if (!fix.omits(*photo)) continue;
      omitted.insert(*photo);
      drop = true;
    }
    const std::string person = fix.person_of(identity_of(pair.image_a));
    const bool one = !person.empty() && person == fix.person_of(identity_of(pair.image_b));
    return drop || (!pair.genuine && one && identity_of(pair.image_a) != identity_of(pair.image_b));
  });
  counts.omitted = omitted.size();
}

Result<std::vector<std::string>> photos_of(
    const std::vector<ListedPair>& pairs, const fs::path& folder
) {
  std::set<std::string> photos;
  for (const ListedPair& pair : pairs) {
    photos.insert(pair.image_a);
    photos.insert(pair.image_b);
  }
  for (const std::string& photo : photos) {
    std::error_code error;
    if (!fs::is_regular_file(folder / photo, error)) {
      return fail(Errc::not_found, "no photo " + (folder / photo).string());
    }
  }
  return std::vector<std::string>(photos.begin(), photos.end());
}

std::vector<ScoredPair> scored(
    const std::vector<ListedPair>& pairs, const Gallery& gallery, FaceCounts& counts
) {
  std::vector<ScoredPair> result;
  for (const ListedPair& pair : pairs) {
    const auto a = gallery.row_of.find(pair.image_a);
    const auto b = gallery.row_of.find(pair.image_b);
    if (a == gallery.row_of.end() || b == gallery.row_of.end()) {
      ++counts.skipped_pairs;
      continue;
    }
    const TemplateSet& set = gallery.set;
    float score = 0;
    for (std::size_t d = 0; d < set.dimensions; ++d) {
      score +=
          set.values[a->second * set.dimensions + d] * set.values[b->second * set.dimensions + d];
    }
    result.push_back(
        {score, set.identity[a->second], set.identity[b->second], pair.genuine, pair.fold}
    );
  }
  return result;
}

/// Photos in no folder have no identity to resample by: each is its own, and photos of a genuine
/// pair are one person's.
void separate_unfoldered(const std::vector<ListedPair>& pairs, Gallery& gallery) {
  std::map<std::string, std::string> parent;
  const auto root = [&](std::string name) {
    for (auto next = parent.find(name); next != parent.end(); next = parent.find(name)) {
      name = next->second;
    }
    return name;
  };
  for (const ListedPair& pair : pairs) {
    if (!pair.genuine) continue;
    const std::string a = root(pair.image_a);
    const std::string b = root(pair.image_b);
    if (a != b) parent[b] = a;
  }
  Numbering identities;
  for (const auto& [photo, row] : gallery.row_of) {
    gallery.set.identity[row] = identities.number_of(root(photo));
  }
  gallery.set.identities = identities.size();
}

Result<void> evaluate_listed_pairs(
    const vision::FaceEngine& engine,
    const FaceEvaluationRequest& request,
    const LabelsFix& fix,
    const Progress& progress,
    FaceEvaluation& evaluation
) {
  SELFSAME_TRY(pairs, pairs_of(request));
  drop_contradicted(pairs, fix, evaluation.counts);
  SELFSAME_TRY(photos, photos_of(pairs, request.images));
  SELFSAME_TRY(gallery, gallery_of(engine, request, photos, fix, progress, evaluation));
  const bool foldered =
      std::ranges::none_of(photos, [](const auto& photo) { return identity_of(photo).empty(); });
  if (!foldered) separate_unfoldered(pairs, gallery);
  evaluation.counts.identities = gallery.set.identities;
  const std::vector<ScoredPair> results = scored(pairs, gallery, evaluation.counts);
  SELFSAME_TRY(scores, distribution_of(results, gallery.set.identities));
  evaluation.counts.genuine_pairs = scores.genuine.size();
  evaluation.counts.impostor_pairs = scores.impostor_count;
  SELFSAME_TRY(rates, error_rates(scores, Extrapolation::none, request.bootstrap));
  evaluation.rates = std::move(rates);
  evaluation.fold_accuracy = fold_accuracy(results);
  return {};
}

std::string name_of_folder(const fs::path& folder) {
  const fs::path normal = fs::absolute(folder).lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).filename().string();
}

}  // namespace

Result<FaceEvaluation> evaluate_faces(
    const vision::FaceEngine& engine, const FaceEvaluationRequest& request, const Progress& progress
) {
  const auto start = std::chrono::steady_clock::now();
  FaceEvaluation evaluation;
  evaluation.protocol = request.pairs ? Protocol::pairs : Protocol::all_pairs;
  evaluation.data_set = name_of_folder(request.images);
  evaluation.bootstrap = request.bootstrap;
  for (const vision::NetworkFacts& network : engine.networks()) {
    if (network.role != "recogniser") continue;
    evaluation.networks.push_back(network.name);
    evaluation.precision = network.precision;
  }
  SELFSAME_TRY(fix, labels_fix_of(request));
  const auto evaluate = request.pairs ? evaluate_listed_pairs : evaluate_all_pairs;
  SELFSAME_CHECK(evaluate(engine, request, fix, progress, evaluation));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  evaluation.seconds = took.count();
  return evaluation;
}

}  // namespace selfsame::evaluation
