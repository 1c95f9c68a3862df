// SPDX-License-Identifier: Apache-2.0
#include "vision/network.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <openvino/openvino.hpp>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/crypto.h"

namespace selfsame::vision {
namespace {

constexpr int kMaxOpenSide_px = 4096;
constexpr int kOpenSizeStep_px = 32;

// OpenVINO's messages go over several lines and quote source files: the last line says what is
// wrong.
std::string gist_of(const std::exception& failure) {
  std::string text = failure.what();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const auto line = text.rfind('\n');
  return line == std::string::npos ? text : text.substr(line + 1);
}

Result<void> check_file(const std::string& path, const std::string& expected_sha256) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return fail(Errc::engine_failed, "cannot read network file " + path);
  Bytes bytes(static_cast<std::size_t>(file.tellg()));
  file.seekg(0);
  if (!file.read(
          reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size())
      )) {
    return fail(Errc::engine_failed, "cannot read network file " + path);
  }
  if (to_hex(sha256(bytes)) != expected_sha256) {
    return fail(
        Errc::engine_failed,
        "network file " + path + " is not the one its card names (sha256 differs)"
    );
  }
  return {};
}

bool is_open_both_ways(const NetworkCard& card) {
  return card.input_width_px == 0 && card.input_height_px == 0;
}

struct Size {
  int width_px = 0;
  int height_px = 0;
};

// What the usual shapes of pictures (1:1, 5:4, 7:9, 4:3, 3:2, 16:9, phone screens) become when the
// detector shrinks them to 320 or 640 and the network pads them.
bool is_common(const Size& size) noexcept {
  constexpr std::array kShortSidesOf640_px = {320, 384, 448, 480, 512, 640};
  constexpr std::array kShortSidesOf320_px = {160, 192, 224, 256, 320};
  const int long_side = std::max(size.width_px, size.height_px);
  const int short_side = std::min(size.width_px, size.height_px);
  const auto is_among = [short_side](const auto& sides) {
    return std::ranges::find(sides, short_side) != sides.end();
  };
  return (long_side == 320 && is_among(kShortSidesOf320_px)) ||
         (long_side == 640 && is_among(kShortSidesOf640_px));
}

// Bytes in, BGR and interleaved; the network's own order, range and layout are made by the engine.
std::shared_ptr<ov::Model> with_picture_input(
    std::shared_ptr<ov::Model> model, const NetworkCard& card, std::optional<Size> size
) {
  const auto side = [](int of_card_px, std::optional<int> asked_px) {
    if (of_card_px != 0) return ov::Dimension(of_card_px);
    return asked_px ? ov::Dimension(*asked_px) : ov::Dimension();
  };
  const ov::Dimension height =
      side(card.input_height_px, size ? std::optional(size->height_px) : std::nullopt);
  const ov::Dimension width =
      side(card.input_width_px, size ? std::optional(size->width_px) : std::nullopt);
  const bool planar = card.layout == TensorLayout::nchw;
  model->reshape(
      planar ? ov::PartialShape{1, 3, height, width} : ov::PartialShape{1, height, width, 3}
  );
  ov::preprocess::PrePostProcessor steps(model);
  steps.input()
      .tensor()
      .set_element_type(ov::element::u8)
      .set_layout("NHWC")
      .set_color_format(ov::preprocess::ColorFormat::BGR);
  steps.input().model().set_layout(planar ? "NCHW" : "NHWC");
  auto& convert = steps.input().preprocess();
  convert.convert_element_type(ov::element::f32);
  if (card.channels == ChannelOrder::rgb) convert.convert_color(ov::preprocess::ColorFormat::RGB);
  if (card.value_offset != 0) convert.mean(-card.value_offset / card.value_scale);
  if (card.value_scale != 1) convert.scale(1 / card.value_scale);
  if (!card.channel_means.empty()) convert.mean(card.channel_means);
  if (!card.channel_deviations.empty()) convert.scale(card.channel_deviations);
  for (std::size_t i = 0; i < model->outputs().size(); ++i) {
    steps.output(i).tensor().set_element_type(ov::element::f32);
  }
  return steps.build();
}

bool all_finite(std::span<const float> values) noexcept {
  constexpr std::uint32_t kExponent = 0x7f800000U;
  bool finite = true;
  for (const float value : values) {
    finite &= (std::bit_cast<std::uint32_t>(value) & kExponent) != kExponent;
  }
  return finite;
}

std::span<const float> values_of(const ov::Tensor& tensor) {
  return {tensor.data<const float>(), tensor.get_size()};
}

// Requests that are not running. Outlives the network while an Outputs is out.
class RequestPool {
 public:
  explicit RequestPool(ov::CompiledModel model) : model_(std::move(model)) {}

  ov::InferRequest take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        ov::InferRequest request = std::move(idle_.back());
        idle_.pop_back();
        return request;
      }
    }
    return model_.create_infer_request();
  }

  void give_back(ov::InferRequest request) noexcept {
    const std::lock_guard lock(mutex_);
    try {
      idle_.push_back(std::move(request));
    } catch (...) {  // no memory to keep it: it goes
    }
  }

  [[nodiscard]] const ov::CompiledModel& model() const noexcept { return model_; }

 private:
  ov::CompiledModel model_;
  std::mutex mutex_;
  std::vector<ov::InferRequest> idle_;
};

/// @param of_card_px  0: open
bool fits(int of_card_px, int side_px) {
  return of_card_px == 0 ? side_px >= 1 && side_px <= kMaxOpenSide_px : side_px == of_card_px;
}

int rounded_up(int side_px) {
  return (side_px + kOpenSizeStep_px - 1) / kOpenSizeStep_px * kOpenSizeStep_px;
}

// Copies into the request's input, the rest black.
void fill_input(ov::InferRequest& request, const PixelView& picture, const Size& size) {
  ov::Tensor input = request.get_input_tensor();
  const auto width = static_cast<std::size_t>(size.width_px);
  const auto height = static_cast<std::size_t>(size.height_px);
  const ov::Shape shape{1, height, width, 3};
  if (input.get_shape() != shape) input.set_shape(shape);
  auto* to = input.data<std::uint8_t>();
  const std::size_t row_bytes = static_cast<std::size_t>(picture.width_px) * 3;
  const auto rows = static_cast<std::size_t>(picture.height_px);
  for (std::size_t y = 0; y < rows; ++y) {
    std::memcpy(to + y * width * 3, picture.bgr + y * picture.stride_bytes, row_bytes);
    std::memset(to + y * width * 3 + row_bytes, 0, width * 3 - row_bytes);
  }
  std::memset(to + rows * width * 3, 0, (height - rows) * width * 3);
}

}  // namespace

class Outputs::Lease {
 public:
  explicit Lease(std::shared_ptr<RequestPool> pool)
      : pool_(std::move(pool)), request_(pool_->take()) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    if (sound_) pool_->give_back(std::move(request_));
  }

  // A request whose run failed is not used again.
  void infer() {
    sound_ = false;
    request_.infer();
    tensors_.clear();
    for (std::size_t i = 0; i < pool_->model().outputs().size(); ++i) {
      tensors_.push_back(request_.get_output_tensor(i));
    }
    sound_ = true;
  }
  [[nodiscard]] ov::InferRequest& request() noexcept { return request_; }
  [[nodiscard]] const std::vector<ov::Tensor>& tensors() const noexcept { return tensors_; }

 private:
  std::shared_ptr<RequestPool> pool_;
  ov::InferRequest request_;
  std::vector<ov::Tensor> tensors_;
  bool sound_ = true;
};

Outputs::Outputs(std::unique_ptr<Lease> lease) noexcept : lease_(std::move(lease)) {}
Outputs::Outputs(Outputs&&) noexcept = default;
Outputs& Outputs::operator=(Outputs&&) noexcept = default;
Outputs::~Outputs() = default;

std::size_t Outputs::count() const noexcept {
  return lease_->tensors().size();
}

std::span<const float> Outputs::operator[](std::size_t index) const {
  return values_of(lease_->tensors().at(index));
}

class Network::Engine {
 public:
  /// Compiles the network for one input size; nothing: for every size.
  using Compile = std::function<ov::CompiledModel(std::optional<Size>)>;

  Engine(NetworkCard card, std::string precision, Compile compile)
      : card_(std::move(card)),
        precision_(std::move(precision)),
        compile_(std::move(compile)),
        pool_(std::make_shared<RequestPool>(compile_(std::nullopt))) {
    if (!is_open_both_ways(card_)) compile_ = nullptr;  // lets go of the weights as they were read
  }

  [[nodiscard]] const NetworkCard& card() const noexcept { return card_; }
  [[nodiscard]] const std::string& precision() const noexcept { return precision_; }
  [[nodiscard]] const ov::CompiledModel& model() const noexcept { return pool_->model(); }

  /// Requests for an input of this size. The common ones are compiled for themselves, on first need
  /// (80 CPU-ms), because that takes a tenth off every run; by size and not by use, so that equal
  /// pictures always get equal answers.
  [[nodiscard]] std::shared_ptr<RequestPool> pool_for(const Size& size) {
    if (!is_open_both_ways(card_) || !is_common(size)) return pool_;
    const std::lock_guard lock(mutex_);
    auto& pool = pool_of_size_[{size.width_px, size.height_px}];
    if (!pool) pool = std::make_shared<RequestPool>(compile_(size));
    return pool;
  }

 private:
  NetworkCard card_;
  std::string precision_;
  Compile compile_;
  std::shared_ptr<RequestPool> pool_;
  std::mutex mutex_;
  std::map<std::pair<int, int>, std::shared_ptr<RequestPool>> pool_of_size_;  // at most 20
};

Network::Network(std::unique_ptr<Engine> engine) noexcept : engine_(std::move(engine)) {}
Network::~Network() = default;

Result<Outputs> Network::run(const PixelView& picture) const {
  const NetworkCard& network = engine_->card();
  if (!fits(network.input_width_px, picture.width_px) ||
      !fits(network.input_height_px, picture.height_px) || picture.bgr == nullptr) {
    return fail(Errc::engine_failed, network.name + ": picture of the wrong size");
  }
  const Size size{
      network.input_width_px == 0 ? rounded_up(picture.width_px) : picture.width_px,
      network.input_height_px == 0 ? rounded_up(picture.height_px) : picture.height_px
  };
  try {
    auto lease = std::make_unique<Outputs::Lease>(engine_->pool_for(size));
    fill_input(lease->request(), picture, size);
    lease->infer();
    for (const auto& tensor : lease->tensors()) {
      if (!all_finite(values_of(tensor))) {
        return fail(Errc::engine_failed, network.name + ": the answer is not finite");
      }
    }
    return Outputs(std::move(lease));
  } catch (const std::exception& failure) {
    return fail(Errc::engine_failed, network.name + ": " + gist_of(failure));
  }
}

std::optional<std::size_t> Network::output_named(std::string_view name) const {
  const auto& outputs = engine_->model().outputs();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].get_names().contains(std::string(name))) return i;
  }
  return std::nullopt;
}

const NetworkCard& Network::card() const noexcept {
  return engine_->card();
}

NetworkFacts Network::facts() const {
  const NetworkCard& network = engine_->card();
  return {
      network.name,
      network.role,
      network.file,
      network.sha256,
      network.licence,
      engine_->precision()
  };
}

struct InferenceRuntime::State {
  std::shared_ptr<ov::Core> core = std::make_shared<ov::Core>();
  std::string models_dir;
  std::string precision;
  ov::AnyMap compile_options;
};

namespace {

bool computes_in_bf16(const ov::Core& core) {
  const auto capabilities = core.get_property("CPU", ov::device::capabilities);
  return std::ranges::find(capabilities, ov::device::capability::BF16) != capabilities.end();
}

// One stream per concurrent run and one thread per stream: parallelism comes from the callers.
ov::AnyMap compile_options_for(const EngineOptions& options, bool bf16) {
  const int hardware = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int streams = options.concurrency > 0 ? std::min(options.concurrency, hardware) : hardware;
  ov::AnyMap map{
      {ov::inference_num_threads.name(), streams},
      {ov::num_streams.name(), streams},
      {ov::hint::enable_cpu_pinning.name(), false},
      {ov::hint::inference_precision.name(), bf16 ? ov::element::bf16 : ov::element::f32},
  };
  // Of what is made for one shape of picture only; by default 5,000, which is hundreds of megabytes
  // where shapes are many. Eight widths of text line fit in. Networks of one shape do not use it.
  map["CPU_RUNTIME_CACHE_CAPACITY"] = "1000";
  if (!options.cache_dir.empty()) map[ov::cache_dir.name()] = options.cache_dir;
  return map;
}

Result<void> check_output(const ov::CompiledModel& model, const NetworkCard& card) {
  if (card.output >= model.outputs().size()) {
    return fail(Errc::engine_failed, card.name + ": has no output " + std::to_string(card.output));
  }
  if (card.output_length == 0) return {};
  const ov::PartialShape shape = model.output(card.output).get_partial_shape();
  if (shape.is_dynamic() || ov::shape_size(shape.to_shape()) != card.output_length) {
    return fail(
        Errc::engine_failed,
        card.name + ": the output is not of length " + std::to_string(card.output_length)
    );
  }
  return {};
}

}  // namespace

InferenceRuntime::InferenceRuntime(std::unique_ptr<State> state) noexcept
    : state_(std::move(state)) {}
InferenceRuntime::~InferenceRuntime() = default;

Result<std::unique_ptr<InferenceRuntime>> InferenceRuntime::create(const EngineOptions& options) {
  try {
    auto state = std::make_unique<State>();
    const bool capable = computes_in_bf16(*state->core);
    if (options.precision == Precision::bf16 && !capable) {
      return fail(Errc::engine_failed, "this CPU does not compute in bf16");
    }
    const bool bf16 = capable && options.precision != Precision::f32;
    state->models_dir = options.models_dir;
    state->precision = bf16 ? "bf16" : "f32";
    state->compile_options = compile_options_for(options, bf16);
    return std::unique_ptr<InferenceRuntime>(new InferenceRuntime(std::move(state)));
  } catch (const std::exception& failure) {
    return fail(Errc::engine_failed, "inference engine: " + gist_of(failure));
  }
}

Result<std::unique_ptr<Network>> InferenceRuntime::load(const NetworkCard& card) const {
  const std::string path = std::filesystem::path(state_->models_dir) / card.file;
  SELFSAME_CHECK(check_file(path, card.sha256));
  try {
    const auto model = state_->core->read_model(path);
    // Outlives the runtime: keeps the engine's core.
    auto compile = [model, card, core = state_->core, options = state_->compile_options](
                       std::optional<Size> size
                   ) {
      return core->compile_model(with_picture_input(model->clone(), card, size), "CPU", options);
    };
    auto engine = std::make_unique<Network::Engine>(card, state_->precision, std::move(compile));
    SELFSAME_CHECK(check_output(engine->model(), card));
    return std::make_unique<Network>(std::move(engine));
  } catch (const std::exception& failure) {
    return fail(Errc::engine_failed, "network file " + path + ": " + gist_of(failure));
  }
}

const std::string& InferenceRuntime::precision() const noexcept {
  return state_->precision;
}

}  // namespace selfsame::vision
