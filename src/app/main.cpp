// SPDX-License-Identifier: Apache-2.0
// The command line: words in, one function of commands.h out.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>

#include "app/commands.h"
#include "app/settings.h"
#include "app/terminal.h"

namespace {

using namespace selfsame::app;  // NOLINT(google-build-using-namespace): main is the parts list

/// Options that several commands share; empty means "as configured".
struct Shared {
  std::string config_file;
  std::string data_dir;
  std::string models_dir;
  std::string precision;
  bool json = false;
};

void add_json(CLI::App& command, Shared& shared) {
  command.add_flag("--json", shared.json, "machine-readable answer (schemas/)");
}

void add_config(CLI::App& command, Shared& shared) {
  if (command.get_option_no_throw("--config") != nullptr) return;
  command.add_option("--config", shared.config_file, "TOML file; see docs/configuration.md");
}

void add_data(CLI::App& command, Shared& shared) {
  command.add_option("--data", shared.data_dir, "folder of database, blobs and master key");
  add_config(command, shared);
}

/// `--data` because added models lie there.
void add_models(CLI::App& command, Shared& shared) {
  if (command.get_option_no_throw("--data") == nullptr) add_data(command, shared);
  command.add_option("--models", shared.models_dir, "folder of the networks and their cards");
  command.add_option("--precision", shared.precision, "auto, f32 or bf16")
      ->check(CLI::IsMember({"auto", "f32", "bf16"}));
  add_config(command, shared);
}

/// Runs `command` with the settings of file, environment and options, or says what is wrong.
template <class Command>
int with_settings(const Shared& shared, Command command) {
  LoadedSettings loaded = load_settings(shared.config_file, process_environment());
  for (const SettingError& error : loaded.errors) {
    fmt::print(stderr, "selfsame: {}\n", describe(error, shared.config_file));
  }
  if (!loaded.errors.empty()) return kUsage;
  if (!shared.data_dir.empty()) loaded.settings.data_dir = shared.data_dir;
  if (!shared.models_dir.empty()) loaded.settings.models_dir = shared.models_dir;
  if (!shared.precision.empty()) loaded.settings.precision = shared.precision;
  return command(loaded.settings);
}

int run(int argc, char** argv) {
  CLI::App cli{
      "Selfsame: is this a live person, and the same one as on the photo? A self-hosted "
      "identity-verification server."
  };
  cli.require_subcommand(1);
  cli.set_version_flag("--version", SELFSAME_VERSION);
  int exit_code = kDone;
  Shared shared;
  std::string name;

  CLI::App* serve_command = cli.add_subcommand("serve", "serve all surfaces on one port");
  std::string listen;
  std::string admin;
  bool self_signed = false;
  add_data(*serve_command, shared);
  add_models(*serve_command, shared);
  serve_command->add_option("--listen", listen, "HOST:PORT");
  serve_command->add_option("--admin", admin, "HOST:PORT of /livez, /readyz, /metrics");
  serve_command->add_flag(
      "--tls-self-signed", self_signed, "TLS with a certificate made here, for trials with phones"
  );
  serve_command->callback([&] {
    exit_code = with_settings(shared, [&](Settings settings) {
      settings.tls_self_signed = settings.tls_self_signed || self_signed;
      if (!listen.empty()) settings.listen = listen;
      if (!admin.empty()) settings.admin_listen = admin;
      return serve(std::move(settings));
    });
  });

  CLI::App* key = cli.add_subcommand("key", "access keys of customers");
  key->require_subcommand(1);
  const auto key_command = [&](const char* verb, const char* help, auto function, bool named) {
    CLI::App* command = key->add_subcommand(verb, help);
    add_data(*command, shared);
    add_json(*command, shared);
    CLI::Option* option = command->add_option("--name", name, "the customer");
    if (named) option->required();
    command->callback([&, function] {
      exit_code = with_settings(shared, [&](const Settings& settings) {
        return function(settings, name, shared.json);
      });
    });
  };
  key_command("create", "make a key; its secrets are shown once", key_create, true);
  key_command("list", "list keys, never secrets", key_list, false);
  key_command("disable", "disable all keys of a customer at once", key_disable, true);

  CLI::App* customers = cli.add_subcommand("customers", "what is settled with customers");
  customers->require_subcommand(1);
  std::vector<std::string> assignments;
  std::string by;
  const auto customer_command = [&](const char* verb, const char* help, auto function) {
    CLI::App* command = customers->add_subcommand(verb, help);
    add_data(*command, shared);
    add_json(*command, shared);
    command->add_option("NAME", name, "the customer")->required();
    command->add_option("FIELD=VALUE", assignments, "see: selfsame customers fields");
    command->add_option("--by", by, "who does it; default: the user");
    command->callback([&, function] {
      exit_code = with_settings(shared, [&](const Settings& settings) {
        return function(settings, name, assignments, by, shared.json);
      });
    });
  };
  customer_command("add", "make a customer; keys: selfsame key create", customers_add);
  customer_command("set", "settle something otherwise", customers_set);
  CLI::App* customers_list_command = customers->add_subcommand("list", "all of them");
  add_data(*customers_list_command, shared);
  add_json(*customers_list_command, shared);
  customers_list_command->callback([&] {
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return customers_list(settings, shared.json);
    });
  });
  CLI::App* customers_show_command =
      customers->add_subcommand("show", "what is settled, since when and by whom");
  add_data(*customers_show_command, shared);
  add_json(*customers_show_command, shared);
  customers_show_command->add_option("NAME", name, "the customer")->required();
  customers_show_command->callback([&] {
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return customers_show(settings, name, shared.json);
    });
  });
  customers->add_subcommand("fields", "what can be settled")->callback([&] {
    exit_code = customers_fields();
  });
  CreditOptions credit;
  CLI::App* customers_credit_command =
      customers->add_subcommand("credit", "note what a customer has paid in");
  add_data(*customers_credit_command, shared);
  add_json(*customers_credit_command, shared);
  customers_credit_command->add_option("NAME", credit.name, "the customer")->required();
  customers_credit_command
      ->add_option(
          "AMOUNT", credit.amount_minor, "in the currency's smallest unit; may be negative"
      )
      ->required()
      ->check(CLI::Range(-1'000'000'000'000LL, 1'000'000'000'000LL));
  customers_credit_command->add_option("--note", credit.note, "for the record");
  customers_credit_command->add_option("--by", credit.by, "who does it; default: the user");
  customers_credit_command->callback([&] {
    credit.json = shared.json;
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return customers_credit(settings, credit);
    });
  });

  CLI::App* billing = cli.add_subcommand("billing", "what was billed");
  billing->require_subcommand(1);
  BillingReportOptions report;
  CLI::App* report_command = billing->add_subcommand("report", "the ledger, added up or as CSV");
  add_data(*report_command, shared);
  add_json(*report_command, shared);
  report_command->add_option("--customer", report.customer, "of one; default: of all");
  report_command->add_option("--from", report.from, "first day (2026-11-01), UTC");
  report_command->add_option("--to", report.to, "the day after the last, UTC");
  report_command->add_flag("--csv", report.csv, "every entry, as CSV (RFC 4180)");
  report_command->callback([&] {
    report.json = shared.json;
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return billing_report(settings, report);
    });
  });

  CLI::App* account = cli.add_subcommand("account", "what a customer may use");
  std::string product;
  std::string state;
  account->require_subcommand(1);
  CLI::App* account_set_command = account->add_subcommand("set", "set the state of a product");
  add_data(*account_set_command, shared);
  account_set_command->add_option("--name", name, "the customer")->required();
  account_set_command->add_option("--product", product, "for example tencent.pure-api")->required();
  account_set_command
      ->add_option(
          "--state",
          state,
          "active, not_activated, activating, activation_failed, in_arrears, not_verified, "
          "unauthorized or denied"
      )
      ->required();
  account_set_command->callback([&] {
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return account_set(settings, name, product, state);
    });
  });

  CLI::App* ledger = cli.add_subcommand("ledger", "billed calls of a customer");
  add_data(*ledger, shared);
  add_json(*ledger, shared);
  ledger->add_option("--name", name, "the customer")->required();
  ledger->callback([&] {
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return ledger_list(settings, name, shared.json);
    });
  });

  CLI::App* blobs = cli.add_subcommand("blobs", "stored photos and videos");
  blobs->require_subcommand(1);
  BlobsSweepOptions sweep;
  CLI::App* sweep_command = blobs->add_subcommand(
      "sweep", "erase those that no outcome refers to; the server does it too"
  );
  add_data(*sweep_command, shared);
  add_json(*sweep_command, shared);
  sweep_command->add_flag("--dry-run", sweep.dry_run, "only count them");
  sweep_command
      ->add_option("--older-than", sweep.older_than_hours, "hours; default: blobs.sweep_age_hours")
      ->check(CLI::Range(1, 87'600));
  sweep_command->add_flag(
      "--however-many", sweep.however_many, "also if they are more than a tenth of all"
  );
  sweep_command->callback([&] {
    sweep.json = shared.json;
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return blobs_sweep(settings, sweep);
    });
  });

  CLI::App* identity_register = cli.add_subcommand("register", "the authoritative register");
  identity_register->require_subcommand(1);
  RegisterImportOptions list;
  CLI::App* import_command =
      identity_register->add_subcommand("import", "take a list and its photos (docs/register.md)");
  import_command->add_option("FILE", list.list, "CSV; the first line names the columns")
      ->required();
  import_command->add_option("--photos", list.photos, "folder of the photos that the list names");
  import_command->add_option("--kind", list.kind, "of the numbers (mainland_china)");
  import_command->add_flag("--dry-run", list.dry_run, "check everything, store nothing");
  add_models(*import_command, shared);
  add_json(*import_command, shared);
  import_command->callback([&] {
    list.json = shared.json;
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return register_import(settings, list);
    });
  });
  bool reveal = false;
  CLI::App* register_list_command =
      identity_register->add_subcommand("list", "what the register has; numbers are masked");
  register_list_command->add_flag("--reveal", reveal, "whole numbers, and names");
  add_data(*register_list_command, shared);
  add_json(*register_list_command, shared);
  register_list_command->callback([&] {
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return register_list(settings, reveal, shared.json);
    });
  });
  bool history = false;
  std::string number;
  CLI::App* register_erase_command =
      identity_register->add_subcommand("erase", "a number and its photo, for good");
  register_erase_command->add_option("NUMBER", number, "-: those of standard input, a line each")
      ->required();
  register_erase_command->add_flag("--history", history, "also what is noted of the number");
  add_data(*register_erase_command, shared);
  add_json(*register_erase_command, shared);
  register_erase_command->callback([&] {
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return register_erase(settings, number, history, shared.json);
    });
  });
  CLI::App* sms = cli.add_subcommand("sms", "text messages (docs/sms.md)");
  sms->require_subcommand(1);
  int shown = 100;
  std::string code;
  std::string text;
  const auto sms_command = [&](CLI::App* parent, const char* verb, const char* help, auto run) {
    CLI::App* command = parent->add_subcommand(verb, help);
    add_data(*command, shared);
    command->callback([&, run] { exit_code = with_settings(shared, run); });
    return command;
  };
  CLI::App* outbox =
      sms_command(sms, "outbox", "what no route took", [&](const Settings& settings) {
        return sms_outbox(settings, name, shown, shared.json);
      });
  add_json(*outbox, shared);
  CLI::App* sms_list_command =
      sms_command(sms, "list", "what became of messages", [&](const Settings& settings) {
        return sms_list(settings, name, state, shown);
      });
  sms_list_command->add_option("--state", state, "queued, submitted, failed, unknown, …");
  for (CLI::App* command : {outbox, sms_list_command}) {
    command->add_option("--name", name, "only this customer's");
    command->add_option("--limit", shown, "the latest so many (100)")->check(CLI::Range(1, 10'000));
  }
  CLI::App* routes = sms_command(sms, "routes", "where numbers go", [&](const Settings& settings) {
    return sms_routes(settings, shared.json);
  });
  add_json(*routes, shared);
  CLI::App* optout = sms->add_subcommand("optout", "numbers that want no messages");
  optout->require_subcommand(1);
  for (const bool out : {true, false}) {
    sms_command(
        optout,
        out ? "add" : "remove",
        out ? "send it nothing any more" : "send to it again",
        [&, out](const Settings& settings) { return sms_optout_set(settings, number, out); }
    )
        ->add_option("NUMBER", number, "with its country code")
        ->required();
  }
  sms_command(optout, "list", "all of them", sms_optout_list);
  CLI::App* templates = sms->add_subcommand("template", "texts of SendMessageWithTemplate");
  templates->require_subcommand(1);
  CLI::App* template_set =
      sms_command(templates, "set", "new, or in place of the old", [&](const Settings& settings) {
        return sms_template_set(settings, name, code, text);
      });
  template_set->add_option("--text", text, "with ${name} where a value goes")->required();
  CLI::App* template_remove =
      sms_command(templates, "remove", "forget one", [&](const Settings& settings) {
        return sms_template_remove(settings, name, code);
      });
  for (CLI::App* command : {template_set, template_remove}) {
    command->add_option("--name", name, "the customer")->required();
    command->add_option("--code", code, "the TemplateCode")->required();
  }
  sms_command(templates, "list", "all of them", sms_template_list);

  std::string file_a;
  std::string file_b;
  CLI::App* compare_command = cli.add_subcommand("compare", "do two photos show one person?");
  compare_command->add_option("A", file_a, "image file")->required();
  compare_command->add_option("B", file_b, "image file")->required();
  add_models(*compare_command, shared);
  add_json(*compare_command, shared);
  compare_command->callback([&] {
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return compare(settings, file_a, file_b, shared.json);
    });
  });

  std::string best_frame;
  DocumentCommandOptions document_options;
  CLI::App* document_command =
      cli.add_subcommand("document", "read an identity document in a photo");
  document_command->add_option("FILE", document_options.file, "the photo")->required();
  document_command->add_option("--type", document_options.type, "its type; default: any");
  document_command->add_option("--draw", document_options.draw, "write what was found here (PNG)");
  add_models(*document_command, shared);
  add_json(*document_command, shared);
  document_command->callback([&] {
    document_options.json = shared.json;
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return document(settings, document_options);
    });
  });

  CLI::App* liveness_command = cli.add_subcommand("liveness", "a live person or an attack?");
  liveness_command->add_option("FILE", file_a, "photo or video")->required();
  liveness_command->add_option("--best-frame", best_frame, "write the best frame here (JPEG)");
  add_models(*liveness_command, shared);
  add_json(*liveness_command, shared);
  liveness_command->callback([&] {
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return liveness(settings, file_a, best_frame, shared.json);
    });
  });

  CLI::App* eval = cli.add_subcommand("eval", "measure error rates on your own data");
  eval->require_subcommand(1);
  EvalFaceOptions face;
  CLI::App* eval_face_command = eval->add_subcommand("face", "1:1 comparison: FMR, FNMR, EER, DET");
  eval_face_command->add_option("--images", face.images, "folder; sub-folder = identity")
      ->required();
  eval_face_command->add_option("--pairs", face.pairs, "LFW's pairs.txt, or lines `a b 0|1`");
  eval_face_command->add_option(
      "--labels-fix", face.labels_fix, "images to omit, persons to merge"
  );
  eval_face_command->add_option("--det", face.det_file, "write the DET plot here (SVG)");
  eval_face_command->add_option("--threads", face.threads, "0: one per core")
      ->check(CLI::Range(0, 1024));
  eval_face_command->add_option(
      "--comparator", face.comparator, "of an added model; it need not be calibrated"
  );
  eval_face_command->add_flag(
      "--calibrate", face.calibrate, "store the thresholds, so that it may decide"
  );
  add_models(*eval_face_command, shared);
  add_json(*eval_face_command, shared);
  eval_face_command->callback([&] {
    face.json = shared.json;
    exit_code =
        with_settings(shared, [&](const Settings& settings) { return eval_face(settings, face); });
  });

  EvalLivenessOptions takes;
  EvalDocumentsOptions eval_documents_options;
  CLI::App* eval_documents_command =
      eval->add_subcommand("documents", "read rates of documents, by type and field");
  eval_documents_command->add_option("DIR", eval_documents_options.folder, "pictures and truth")
      ->required();
  eval_documents_command->add_option("--threads", eval_documents_options.threads, "default 1")
      ->check(CLI::Range(1, 256));
  eval_documents_command->add_flag("--verbose", eval_documents_options.verbose, "what is wrong");
  add_models(*eval_documents_command, shared);
  add_json(*eval_documents_command, shared);
  eval_documents_command->callback([&] {
    eval_documents_options.json = shared.json;
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return eval_documents(settings, eval_documents_options);
    });
  });

  CLI::App* eval_liveness_command =
      eval->add_subcommand("liveness", "silent liveness: APCER, BPCER, ACER, AUC, EER, DET");
  eval_liveness_command
      ->add_option("DIR", takes.folder, "live/, talking/, attack/[SPECIES/], masked/")
      ->required();
  eval_liveness_command->add_option(
      "--teachers", takes.teachers, "liveness networks to score beside ours: their folder"
  );
  eval_liveness_command->add_option(
      "--teachers-card", takes.teachers_card, "their card, where it is not DIR/card.toml"
  );
  eval_liveness_command->add_option("--det", takes.det_file, "write the DET plot here (SVG)");
  eval_liveness_command->add_option("--threads", takes.threads, "0: one per core")
      ->check(CLI::Range(0, 1024));
  add_models(*eval_liveness_command, shared);
  add_json(*eval_liveness_command, shared);
  eval_liveness_command->callback([&] {
    takes.json = shared.json;
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return eval_liveness(settings, takes);
    });
  });

  EvalActionsOptions actions;
  CLI::App* eval_actions_command =
      eval->add_subcommand("actions", "blink, open mouth, nod, shake, turn: recall, false alarms");
  eval_actions_command->add_option("DIR", actions.folder, "clips of people, read as well");
  eval_actions_command->add_option("--truth", actions.truth, "what they do, a line each clip");
  eval_actions_command->add_option(
      "--portraits", actions.portraits, "folder, sub-folder = person; drawn moving (the fixtures)"
  );
  eval_actions_command->add_flag(
      "--choosing-half",
      actions.choosing_half,
      "of --portraits, those that thresholds were chosen on"
  );
  eval_actions_command->add_option("--clips", actions.clips, "drawn recordings that answer")
      ->check(CLI::Range(1, 100'000));
  eval_actions_command->add_option("--seed", actions.seed, "thresholds saw those below 1000");
  eval_actions_command->add_option("--threads", actions.threads, "0: one per core")
      ->check(CLI::Range(0, 1024));
  add_models(*eval_actions_command, shared);
  add_json(*eval_actions_command, shared);
  eval_actions_command->callback([&] {
    actions.json = shared.json;
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return eval_actions(settings, actions);
    });
  });

  EvalSpeechOptions speech;
  CLI::App* eval_speech_command = eval->add_subcommand(
      "speech", "spoken digits: right codes, near ones and random others accepted"
  );
  eval_speech_command->add_option("DIR", speech.sounds, "holds DIGIT_SPEAKER_TAKE.wav")->required();
  eval_speech_command->add_option(
      "--without", speech.without, "speakers to leave out: those that thresholds were chosen on"
  );
  eval_speech_command->add_option(
      "--talking", speech.talking, "clips of talking people; their sound is moved against the lips"
  );
  eval_speech_command->add_option("--codes", speech.codes, "of 4 and of 6 digits, a speaker")
      ->check(CLI::Range(1, 10'000));
  eval_speech_command->add_option("--others", speech.others, "random other codes for each")
      ->check(CLI::Range(0, 10'000));
  eval_speech_command->add_option("--seed", speech.seed, "of codes, takes, pauses and noise");
  add_models(*eval_speech_command, shared);
  add_json(*eval_speech_command, shared);
  eval_speech_command->callback([&] {
    speech.json = shared.json;
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return eval_speech(settings, speech);
    });
  });

  EvalReflectionOptions reflection;
  CLI::App* eval_reflection_command =
      eval->add_subcommand("reflection", "colours of the screen, simulated: who is accepted");
  eval_reflection_command->add_option(
      "--portraits", reflection.portraits, "folder of photos; sub-folder = person (the fixtures)"
  );
  eval_reflection_command
      ->add_option("--trials", reflection.trials, "captures a line; a quarter of video (40)")
      ->check(CLI::Range(1, 100000));
  eval_reflection_command->add_flag(
      "--choosing-half", reflection.choosing_half, "the persons on whom thresholds were chosen"
  );
  eval_reflection_command->add_option("--threads", reflection.threads, "0: one per core")
      ->check(CLI::Range(0, 1024));
  add_models(*eval_reflection_command, shared);
  add_json(*eval_reflection_command, shared);
  eval_reflection_command->callback([&] {
    reflection.json = shared.json;
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return eval_reflection(settings, reflection);
    });
  });

  CLI::App* models = cli.add_subcommand("models", "the networks, packaged and added");
  models->require_subcommand(1);
  std::string folder;
  bool replace = false;
  CLI::App* models_add_command =
      models->add_subcommand("add", "try a model on the fixtures and let it take part");
  models_add_command->add_option("DIR", folder, "card.toml and the files it names")->required();
  models_add_command->add_flag("--replace", replace, "in place of the one of that name");
  add_models(*models_add_command, shared);
  add_json(*models_add_command, shared);
  models_add_command->callback([&] {
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return models_add(settings, folder, replace, shared.json);
    });
  });
  CLI::App* models_remove_command = models->add_subcommand("remove", "undo models add");
  models_remove_command->add_option("NAME", name, "of the added model")->required();
  add_data(*models_remove_command, shared);
  add_json(*models_remove_command, shared);
  models_remove_command->callback([&] {
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return models_remove(settings, name, shared.json);
    });
  });
  const auto models_command = [&](const char* verb, const char* help, auto function) {
    CLI::App* command = models->add_subcommand(verb, help);
    add_models(*command, shared);
    add_json(*command, shared);
    command->callback([&, function] {
      exit_code = with_settings(shared, [&](const Settings& settings) {
        return function(settings, shared.json);
      });
    });
  };
  models_command(
      "list", "each with licence and sha256; whether it decides, and why not", models_list
  );
  models_command("verify", "is every network there and unchanged?", models_verify);

  CLI::App* check = cli.add_subcommand("check-config", "is this configuration right?");
  bool markdown = false;
  std::string config_file;
  check->add_option("FILE", config_file, "TOML file");
  check->add_option("--config", config_file, "the same");
  check->add_flag("--markdown", markdown, "print docs/configuration.md");
  add_json(*check, shared);
  check->callback([&] { exit_code = check_config(config_file, shared.json, markdown); });

  CLI::App* doctor_command = cli.add_subcommand("doctor", "is this machine fit to serve?");
  add_data(*doctor_command, shared);
  add_json(*doctor_command, shared);
  doctor_command->add_option("--models", shared.models_dir, "folder of the networks");
  doctor_command->callback([&] {
    exit_code = with_settings(shared, [&](const Settings& settings) {
      return doctor(settings, shared.json);
    });
  });

  CLI::App* version_command = cli.add_subcommand("version", "what this is");
  add_json(*version_command, shared);
  version_command->callback([&] { exit_code = version(shared.json); });

  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? kDone : kUsage;
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  // A closed pipe and a full quota are failed writes, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "selfsame: {}\n", error.what());
    return kFailed;
  }
}
