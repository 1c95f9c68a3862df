// SPDX-License-Identifier: Apache-2.0
#include "core/client_suspicion.h"

#include <gtest/gtest.h>

namespace selfsame::core {
namespace {

constexpr const char* kBrowser =
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Mobile Safari/537.36";

TEST(ClientSuspicion, ProgramsThatPoseAsCameras) {
  for (const char* label :
       {"OBS Virtual Camera",
        "OBS-Camera",
        "ManyCam Virtual Webcam",
        "Snap Camera",
        "XSplit VCam",
        "fake_device_0",
        "DroidCam Source 3",
        "NDI Webcam Video 1",
        "Dummy video device (0x0000) (platform:v4l2loopback-000)",
        "CAMTWIST",
        "VirtualScene"}) {
    EXPECT_TRUE(is_virtual_camera(label)) << label;
  }
}

TEST(ClientSuspicion, CamerasAreCameras) {
  for (const char* label :
       {"",
        "FaceTime HD Camera (Built-in)",
        "Integrated Camera (04f2:b6d9)",
        "HD Pro Webcam C920",
        "camera2 1, facing front",
        "Front Camera",
        "Back Dual Wide Camera",
        "OBSBOT Tiny 2",
        "Microsoft LifeCam Studio",
        "USB Video Device",
        "Surface Camera Front",
        "Candid Webcam",
        "iPhone Camera",
        "Logitech BRIO",
        "Handicam"}) {
    EXPECT_FALSE(is_virtual_camera(label)) << label;
  }
}

TEST(ClientSuspicion, NothingSaidIsNoSuspicion) {
  const RecordingFacts converted{
      .encoder = "Lavf60.3.100", .frame_rate = 30, .width_px = 640, .height_px = 480
  };
  EXPECT_TRUE(suspicions_of({}, converted).empty());
  EXPECT_TRUE(suspicions_of({}, {}).empty());
  EXPECT_TRUE(suspicions_of({.user_agent = kBrowser}, {}).empty());
}

TEST(ClientSuspicion, AnHonestBrowser) {
  const ClientHints hints{
      .camera_labels = {"camera2 1, facing front", "OBS Virtual Camera"},
      .user_agent = kBrowser,
      .frame_rate_hz = 30,
      .width_px = 1280,
      .height_px = 720
  };
  // Upright, halved by the browser, slower in bad light.
  const RecordingFacts recording{
      .encoder = "Chrome", .frame_rate = 14.6, .width_px = 360, .height_px = 640
  };
  EXPECT_TRUE(suspicions_of(hints, recording).empty());
}

TEST(ClientSuspicion, WhatContradictsIsSuspected) {
  using enum ClientSuspicion;
  const ClientHints hints{
      .camera_labels = {"OBS Virtual Camera", "Integrated Camera"},
      .user_agent = kBrowser,
      .frame_rate_hz = 15,
      .width_px = 640,
      .height_px = 480
  };
  const RecordingFacts recording{
      .encoder = "Lavf58.76.100", .frame_rate = 30, .width_px = 640, .height_px = 480
  };
  EXPECT_EQ(
      suspicions_of(hints, recording),
      (std::vector<ClientSuspicion>{virtual_camera, edited_video, other_camera})
  );
  const ClientHints size{.width_px = 640, .height_px = 480};
  for (const auto& [width_px, height_px] : {std::pair(1280, 960), {640, 360}, {480, 480}}) {
    const RecordingFacts other{.frame_rate = 30, .width_px = width_px, .height_px = height_px};
    EXPECT_EQ(suspicions_of(size, other), std::vector<ClientSuspicion>{other_camera});
  }
  // An app may well convert its own recordings.
  EXPECT_TRUE(suspicions_of({.user_agent = "BankApp/3.1 (Android 14)"}, recording).empty());
}

}  // namespace
}  // namespace selfsame::core
