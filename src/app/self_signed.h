// SPDX-License-Identifier: Apache-2.0
// A certificate of our own, for trials in a local network: phones give their camera to pages that
// come over TLS only.
#pragma once

#include "app/settings.h"
#include "base/clock.h"
#include "base/result.h"

namespace selfsame::app {

/// Where settings ask for it, names the certificate and key that `listen` is to use: those in
/// data.dir, made anew when they are not there, end within a week or do not name all addresses of
/// this machine. Says the fingerprint. A server that listens on all addresses is then reached by
/// the first one of its network, unless public_url says otherwise. Settings that do not ask for it
/// stay as they are.
[[nodiscard]] Result<void> use_self_signed(Settings& settings, Timestamp now);

}  // namespace selfsame::app
