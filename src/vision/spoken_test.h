// SPDX-License-Identifier: Apache-2.0
// For tests: sound that espeak-ng speaks and ffmpeg writes.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/bytes.h"
#include "base/crypto.h"
#include "vision/test_cards.h"

namespace selfsame::vision::test {

/// The bytes that a shell command writes to the file that stands for {}; empty when it cannot.
inline Bytes made_by(std::string command, const std::string& extension) {
  namespace fs = std::filesystem;
  const fs::path path = fs::temp_directory_path() / ("selfsame_" + random_token(8) + extension);
  const auto at = command.find("{}");
  command.replace(at, 2, "\"" + path.string() + "\"");
  const bool made = std::system(command.c_str()) == 0;  // NOLINT(cert-env33-c): fixed commands
  Bytes bytes = made ? read_file(path.string()) : Bytes{};
  fs::remove(path);
  return bytes;
}

inline bool espeak_is_here() {
  return std::system("espeak-ng --version >/dev/null 2>&1") == 0;  // NOLINT(cert-env33-c)
}

/// "305" to "three, oh, five".
inline std::string words_of(const std::string& digits) {
  static const char* const kWords[] = {
      "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"
  };
  std::string words;
  for (const char digit : digits) {
    if (!words.empty()) words += ", ";
    words += kWords[digit - '0'];
  }
  return words;
}

/// A Matroska file with nothing but the spoken text, half a second of quiet around it.
/// @param filter  of ffmpeg, for example "volume=0.01"
inline Bytes spoken(
    const std::string& text,
    const std::string& voice = "en-us",
    const std::string& filter = "anull",
    int words_a_minute = 130
) {
  return made_by(
      "espeak-ng -v " + voice + " -s " + std::to_string(words_a_minute) + " --stdout \"" + text +
          "\" | ffmpeg -v error -y -i - -af \"adelay=500,apad=pad_dur=0.5," + filter +
          "\" -c:a pcm_s16le {}",
      ".mkv"
  );
}

}  // namespace selfsame::vision::test
