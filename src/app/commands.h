// SPDX-License-Identifier: Apache-2.0
// One function per CLI command; each returns the exit code of terminal.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/settings.h"

namespace selfsame::app {

int serve(Settings settings);

int key_create(const Settings& settings, const std::string& name, bool json);
int key_list(const Settings& settings, const std::string& name, bool json);
int key_disable(const Settings& settings, const std::string& name, bool json);
/// `assignments`: NAME=VALUE each (core/customer_fields.h). `by`: who does it; empty: the user.
int customers_add(
    const Settings& settings,
    const std::string& name,
    const std::vector<std::string>& assignments,
    const std::string& by,
    bool json
);
int customers_set(
    const Settings& settings,
    const std::string& name,
    const std::vector<std::string>& assignments,
    const std::string& by,
    bool json
);
int customers_list(const Settings& settings, bool json);
int customers_show(const Settings& settings, const std::string& name, bool json);
int customers_fields();

struct CreditOptions {
  std::string name;
  std::int64_t amount_minor = 0;  // negative: paid back
  std::string note;
  std::string by;
  bool json = false;
};
int customers_credit(const Settings& settings, const CreditOptions& options);

struct BillingReportOptions {
  std::string customer;  // empty: all
  std::string from;      // a day; empty: since the beginning
  std::string to;        // exclusive; empty: until now
  bool csv = false;      // every entry
  bool json = false;
};
int billing_report(const Settings& settings, const BillingReportOptions& options);

int account_set(
    const Settings& settings,
    const std::string& name,
    const std::string& product,
    const std::string& state
);
int ledger_list(const Settings& settings, const std::string& name, bool json);

struct BlobsSweepOptions {
  std::int64_t older_than_hours = 0;  // 0: blobs.sweep_age_hours
  bool dry_run = false;
  bool however_many = false;
  bool json = false;
};
int blobs_sweep(const Settings& settings, const BlobsSweepOptions& options);

struct RegisterImportOptions {
  std::string list;
  std::string photos;  // folder; empty: the list has none
  std::string kind = "mainland_china";
  bool dry_run = false;
  bool json = false;
};
int register_import(const Settings& settings, const RegisterImportOptions& options);
/// @param reveal  whole numbers, and names
int register_list(const Settings& settings, bool reveal, bool json);
/// @param number   "-": those of standard input, a line each
/// @param history  also what is noted of the number
int register_erase(const Settings& settings, const std::string& number, bool history, bool json);
int sms_outbox(const Settings& settings, const std::string& name, int limit, bool json);
int sms_list(
    const Settings& settings, const std::string& name, const std::string& state, int limit
);
int sms_routes(const Settings& settings, bool json);
int sms_optout_set(const Settings& settings, const std::string& number, bool out);
int sms_optout_list(const Settings& settings);
int sms_template_set(
    const Settings& settings,
    const std::string& name,
    const std::string& code,
    const std::string& text
);
int sms_template_remove(const Settings& settings, const std::string& name, const std::string& code);
int sms_template_list(const Settings& settings);

int compare(const Settings& settings, const std::string& a, const std::string& b, bool json);
int liveness(
    const Settings& settings, const std::string& file, const std::string& best_frame_file, bool json
);

struct DocumentCommandOptions {
  std::string file;
  std::string type;  // empty: any
  std::string draw;  // a PNG with what was found; empty: none
  bool json = false;
};
int document(const Settings& settings, const DocumentCommandOptions& options);

struct EvalDocumentsOptions {
  std::string folder;    // pictures and what is on them: tests/documents/README.md
  int threads = 1;       // pictures at once
  bool verbose = false;  // what was read wrong goes to standard error
  bool json = false;
};
int eval_documents(const Settings& settings, const EvalDocumentsOptions& options);

struct EvalFaceOptions {
  std::string images;
  std::string comparator;  // an added model's; empty: as configured
  bool calibrate = false;  // store the thresholds for it
  std::string pairs;
  std::string labels_fix;
  std::string det_file;
  int threads = 0;  // 0: one per core
  bool json = false;
};
int eval_face(const Settings& settings, const EvalFaceOptions& options);

struct EvalLivenessOptions {
  std::string folder;
  std::string teachers;       // folder of networks to be scored beside; empty: none
  std::string teachers_card;  // empty: card.toml in that folder
  std::string det_file;
  int threads = 0;  // 0: one per core
  bool json = false;
};
int eval_liveness(const Settings& settings, const EvalLivenessOptions& options);

struct EvalActionsOptions {
  std::string folder;     // clips of people; empty: none
  std::string truth;      // what they do (evaluation/action_truth.h); empty: not known
  std::string portraits;  // to be drawn moving; empty: the fixtures
  bool choosing_half = false;
  int clips = 60;
  std::uint64_t seed = 1000;
  int threads = 0;  // 0: one per core
  bool json = false;
};
int eval_actions(const Settings& settings, const EvalActionsOptions& options);

struct EvalSpeechOptions {
  std::string sounds;
  std::vector<std::string> without;  // speakers
  std::string talking;               // clips of people with their sound; empty: none
  unsigned codes = 20;
  unsigned others = 10;
  std::uint64_t seed = 1;
  bool json = false;
};
int eval_speech(const Settings& settings, const EvalSpeechOptions& options);

struct EvalReflectionOptions {
  std::string portraits;  // empty: the fixtures
  int trials = 40;
  bool choosing_half = false;
  int threads = 0;  // 0: one per core
  bool json = false;
};
int eval_reflection(const Settings& settings, const EvalReflectionOptions& options);

int models_list(const Settings& settings, bool json);
int models_verify(const Settings& settings, bool json);
int models_add(const Settings& settings, const std::string& folder, bool replace, bool json);
int models_remove(const Settings& settings, const std::string& name, bool json);

/// `config_file` empty: defaults and environment only.
int check_config(const std::string& config_file, bool json, bool markdown);
int doctor(const Settings& settings, bool json);
int version(bool json);

}  // namespace selfsame::app
