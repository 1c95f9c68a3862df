// SPDX-License-Identifier: Apache-2.0
// selfsame blobs.
#include <fmt/format.h>

#include <boost/json/object.hpp>

#include "app/commands.h"
#include "app/store_setup.h"
#include "app/terminal.h"
#include "flows/blob_sweep.h"

namespace selfsame::app {

int blobs_sweep(const Settings& settings, const BlobsSweepOptions& options) {
  const auto stores = open_existing_stores(settings);
  if (!stores) return complain("blobs sweep", stores.error());
  const flows::SweepOptions sweep{
      .age = std::chrono::hours(
          options.older_than_hours > 0 ? options.older_than_hours : settings.sweep_age_hours
      ),
      .dry_run = options.dry_run,
      .however_many = options.however_many
  };
  const flows::SweepReport report =
      flows::sweep_blobs(*stores->database, *stores->blobs, SystemClock{}, sweep, {});
  if (options.json) {
    print_json(boost::json::object{
        {"ok", !report.failure},
        {"dry_run", options.dry_run},
        {"blobs", report.blobs},
        {"orphans", report.orphans},
        {"erased", report.erased},
        {"drafts", report.drafts}
    });
  } else {
    fmt::print(
        "{} blobs older than {} hours, {} without an outcome, {} erased\n",
        report.blobs,
        std::chrono::duration_cast<std::chrono::hours>(sweep.age).count(),
        report.orphans,
        report.erased
    );
  }
  if (report.failure) return complain("blobs sweep", *report.failure);
  return kDone;
}

}  // namespace selfsame::app
