// SPDX-License-Identifier: Apache-2.0
// People without photos, whose error rates are known, for the tests of this room.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "evaluation/scores.h"

namespace selfsame::evaluation {

/// Points on the unit sphere in three dimensions. The cosine of two random ones is uniform over
/// -1..1 (Archimedes), so the impostor side is FMR(t) = (1 - t) / 2. Each person has two: the
/// cosine of the second with the first is uniform over 0..1, so FNMR(t) = t for t in 0..1. EER =
/// 1/3, at 1/3.
class SyntheticPeople {
 public:
  explicit SyntheticPeople(std::uint64_t seed) : random_(seed) {}

  TemplateSet make(std::uint32_t people) {
    TemplateSet set;
    set.dimensions = 3;
    set.identities = people;
    for (std::uint32_t person = 0; person < people; ++person) {
      const Vector first = direction();
      append(set, first, person);
      append(set, at_cosine(first, uniform(0, 1)), person);
    }
    return set;
  }

  double uniform(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }

 private:
  struct Vector {
    double x, y, z;
  };

  Vector direction() {
    std::normal_distribution<double> normal;
    const Vector v{normal(random_), normal(random_), normal(random_)};
    const double norm = std::sqrt(v.x * v.x + v.y * v.y + v.z * v.z);
    return {v.x / norm, v.y / norm, v.z / norm};
  }

  /// A random direction that has this cosine with `a`.
  Vector at_cosine(const Vector& a, double cosine) {
    const Vector other = direction();
    const double along = a.x * other.x + a.y * other.y + a.z * other.z;
    const double norm = std::sqrt(1 - along * along);
    const double sine = std::sqrt(1 - cosine * cosine);
    const auto mix = [&](double from, double towards) {
      return cosine * from + sine * (towards - along * from) / norm;
    };
    return {mix(a.x, other.x), mix(a.y, other.y), mix(a.z, other.z)};
  }

  static void append(TemplateSet& set, const Vector& v, std::uint32_t person) {
    for (const double value : {v.x, v.y, v.z}) set.values.push_back(static_cast<float>(value));
    set.identity.push_back(person);
  }

  std::mt19937_64 random_;
};

}  // namespace selfsame::evaluation
