// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/measurements_json.h"

#include <boost/json/array.hpp>

#include "adapters/native/json_values.h"

namespace selfsame::adapters::native {
namespace {

namespace json = boost::json;

json::object point_json(vision::Point point) {
  return {{"x", point.x}, {"y", point.y}};
}

json::object face_json(const vision::DetectedFace& face) {
  json::object box{
      {"x", face.box.x}, {"y", face.box.y}, {"width", face.box.width}, {"height", face.box.height}
  };
  json::object object{{"box", std::move(box)}, {"confidence", face.confidence}};
  json::array landmarks;
  for (const vision::Point point : face.landmarks) landmarks.push_back(point_json(point));
  if (!landmarks.empty()) object["landmarks"] = std::move(landmarks);
  return object;
}

json::object photo_json(const vision::FacePhoto& photo) {
  json::array faces;
  for (const vision::DetectedFace& face : photo.faces) faces.push_back(face_json(face));
  json::object object{
      {"width_px", photo.width_px},
      {"height_px", photo.height_px},
      {"rotation_deg", photo.rotation_deg},
      {"faces", std::move(faces)},
      {"defect", nullptr},
      {"pose", nullptr},
      {"quality", nullptr}
  };
  if (photo.defect) object["defect"] = core::name_of(*photo.defect);
  if (!photo.faces.empty()) {
    object["pose"] = {
        {"yaw_deg", photo.pose.yaw_deg},
        {"pitch_deg", photo.pose.pitch_deg},
        {"roll_deg", photo.pose.roll_deg}
    };
    object["quality"] = quality_json(photo.quality);
  }
  return object;
}

}  // namespace

json::object quality_json(const core::QualityMeasures& quality) {
  return {
      {"inter_eye_distance_px", number_or_null(quality.inter_eye_distance_px)},
      {"sharpness", number_or_null(quality.sharpness)},
      {"exposure", number_or_null(quality.exposure)},
      {"pose", number_or_null(quality.pose)},
      {"unoccluded", number_or_null(quality.unoccluded)},
      {"unified_quality_score", number_or_null(quality.unified_quality_score)}
  };
}

json::object comparison_json(const flows::PhotoComparisonResult& result) {
  json::object match_at;
  json::object thresholds;
  for (std::size_t i = 0; i < core::kCalibratedFmr.size(); ++i) {
    match_at[core::kCalibratedFmrNames[i]] = result.match_at[i];
    thresholds[core::kCalibratedFmrNames[i]] = result.calibration.threshold[i];
  }
  json::object object{
      {"similarity", nullptr},
      {"cosine", nullptr},
      {"match_at", std::move(match_at)},
      {"thresholds", std::move(thresholds)},
      {"calibration", result.calibration.version},
      {"precision", result.calibration.precision},
      {"a", photo_json(result.a)},
      {"b", photo_json(result.b)}
  };
  if (result.score) {
    object["similarity"] = result.similarity;
    object["cosine"] = result.score->cosine;
  }
  return object;
}

}  // namespace selfsame::adapters::native
