// SPDX-License-Identifier: Apache-2.0
// Which way the head is turned.
#pragma once

#include "core/scores.h"
#include "vision/face_engine.h"
#include "vision/face_landmarker.h"

namespace selfsame::vision {

/// Rigid fit (Kabsch) of points on bone to the mean face. Signs as core::HeadPose says; zero is the
/// mean of near-frontal LFW faces. Points that coincide give NaN, which no gate accepts.
[[nodiscard]] core::HeadPose head_pose_of(const FaceLandmarks& landmarks);

/// From the detector's five points, for use without a mesh: good to about 10 degrees. NaN when the
/// points coincide or are not five.
[[nodiscard]] core::HeadPose rough_head_pose_of(const DetectedFace& face);

}  // namespace selfsame::vision
