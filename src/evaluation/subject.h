// SPDX-License-Identifier: Apache-2.0
// Whom a data set's photo shows, when there are bystanders.
#pragma once

#include <cstddef>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "vision/face_engine.h"

namespace selfsame::evaluation {

/// The subject is the face with the greatest area - 2 x distance(centre of face, centre of picture)
/// squared: large and central, as news photos are cut. `faces` is not empty.
[[nodiscard]] std::size_t subject_among(
    const std::vector<vision::DetectedFace>& faces, int width_px, int height_px
);

/// Reads a photo of a data set: upright by its EXIF orientation (no rotation search), whatever its
/// quality, its subject's templates. The engine makes templates of the largest face; where that is
/// a bystander, the larger faces are painted over and the photo is read again. A photo whose
/// subject is lost by that has the defect `several_faces`.
[[nodiscard]] Result<vision::FacePhoto> read_subject(
    const vision::FaceEngine& engine, ByteView encoded
);

}  // namespace selfsame::evaluation
