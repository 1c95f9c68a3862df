// SPDX-License-Identifier: Apache-2.0
#include <libheif/heif.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "vision/media/codecs.h"
#include "vision/media/heic_tiles.h"
#include "vision/media/hevc_size.h"

namespace selfsame::vision {
namespace {

struct ContextFreer {
  void operator()(heif_context* context) const noexcept { heif_context_free(context); }
};
struct HandleFreer {
  void operator()(heif_image_handle* handle) const noexcept { heif_image_handle_release(handle); }
};
struct ImageFreer {
  void operator()(heif_image* image) const noexcept { heif_image_release(image); }
};
struct OptionsFreer {
  void operator()(heif_decoding_options* options) const noexcept {
    heif_decoding_options_free(options);
  }
};

struct OpenFile {
  std::unique_ptr<heif_context, ContextFreer> context;
  std::unique_ptr<heif_image_handle, HandleFreer> primary;
};

Result<OpenFile> open_file(ByteView encoded) {
  OpenFile file;
  file.context.reset(heif_context_alloc());
  heif_context_set_max_decoding_threads(file.context.get(), 0);
  heif_error error = heif_context_read_from_memory_without_copy(
      file.context.get(), encoded.data(), encoded.size(), nullptr
  );
  if (error.code == heif_error_Ok) {
    heif_image_handle* handle = nullptr;
    error = heif_context_get_primary_image_handle(file.context.get(), &handle);
    file.primary.reset(handle);
  }
  if (error.code != heif_error_Ok || !file.primary) {
    return fail(Errc::image_undecodable, "HEIC: no readable picture");
  }
  return file;
}

Image opaque(const std::uint8_t* rgb, std::size_t stride_bytes, int width_px, int height_px) {
  Image image = blank(width_px, height_px);
  const std::size_t row_bytes = static_cast<std::size_t>(width_px) * 3;
  for (std::size_t y = 0; y < static_cast<std::size_t>(height_px); ++y) {
    const std::uint8_t* from = rgb + y * stride_bytes;
    std::uint8_t* to = image.bgr.data() + y * row_bytes;
    for (std::size_t i = 0; i < row_bytes; i += 3) {
      to[i] = from[i + 2];
      to[i + 1] = from[i + 1];
      to[i + 2] = from[i];
    }
  }
  return image;
}

}  // namespace

Result<ImageHeader> read_heic_header(ByteView encoded) {
  SELFSAME_CHECK(count_heic_tiles(encoded));
  SELFSAME_TRY(file, open_file(encoded));
  const int width = heif_image_handle_get_width(file.primary.get());
  const int height = heif_image_handle_get_height(file.primary.get());
  if (width < 1 || height < 1) return fail(Errc::image_undecodable, "HEIC: impossible size");
  return ImageHeader{ImageFormat::heic, width, height, 1};
}

Result<Image> decode_heic(ByteView encoded, const ImageLimits& limits) {
  SELFSAME_CHECK(check_hevc_sizes(encoded, limits));
  SELFSAME_TRY(file, open_file(encoded));
  const bool transparent = heif_image_handle_has_alpha_channel(file.primary.get()) != 0;
  const std::unique_ptr<heif_decoding_options, OptionsFreer> options(heif_decoding_options_alloc());
  options->convert_hdr_to_8bit = 1;
  heif_image* raw = nullptr;
  const heif_error error = heif_decode_image(
      file.primary.get(),
      &raw,
      heif_colorspace_RGB,
      transparent ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB,
      options.get()
  );
  const std::unique_ptr<heif_image, ImageFreer> decoded(raw);
  if (error.code != heif_error_Ok || !decoded) {
    return fail(Errc::image_undecodable, std::string("HEIC: ") + error.message);
  }
  int stride_bytes = 0;
  const std::uint8_t* plane =
      heif_image_get_plane_readonly(decoded.get(), heif_channel_interleaved, &stride_bytes);
  const int width = heif_image_get_width(decoded.get(), heif_channel_interleaved);
  const int height = heif_image_get_height(decoded.get(), heif_channel_interleaved);
  if (plane == nullptr || width < 1 || height < 1)
    return fail(Errc::image_undecodable, "HEIC: no pixels");
  const auto stride = static_cast<std::size_t>(stride_bytes);
  return transparent ? over_white(plane, stride, width, height, true)
                     : opaque(plane, stride, width, height);
}

}  // namespace selfsame::vision
