// SPDX-License-Identifier: Apache-2.0
// The shipped types, and that the reader proves itself and would not with a wrong card.
#include "app/document_setup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "app/document_types.h"
#include "app/model_manifest.h"

namespace selfsame::app {
namespace {

const std::string kShipped = SELFSAME_SOURCE_DIR "/models";
const std::string kBuilt = SELFSAME_SOURCE_DIR "/build/models";

TEST(DocumentTypes, TheShippedOnesLoad) {
  const auto types = read_document_types(kShipped);
  ASSERT_TRUE(types) << types.error().detail;
  EXPECT_GE(types->size(), 7U);
  for (const auto& document : *types) {
    EXPECT_FALSE(document.fields.empty()) << document.type;
    EXPECT_FALSE(document.marks.empty()) << document.type;
  }
}

TEST(DocumentTypes, WhatIsWrongIsNamed) {
  const std::string good =
      "type = \"T\"\n[[side]]\nname = \"front\"\nmarks = [\"M\"]\n[[side.field]]\nname = \"n\"\n";
  ASSERT_TRUE(read_document_type(good, "t.toml"))
      << read_document_type(good, "t.toml").error().detail;
  const struct {
    const char* more;
    const char* named;
  } cases[] = {
      {"colour = 1", "colour is not a known key"},
      {"kind = \"colour\"", "kind cannot be"},
      {"kind = \"number\"", "patterns is missing"},
      {"kind = \"choice\"", "values is missing"},
      {"kind = \"edition\"", "values is missing"},
      {"kind = \"edition\"\n[side.field.values]\n\"2018\" = \"X\"", "not by the first day"},
      {"labels = [\"\"]", "labels has one"},
      {"zone = [0.5, 0, 0.1, 1]", "zone is not"},
      {"zone = [0, 0, 99, 1]", "zone is not"},
      {"lines = 0", "lines is not 1..8"},
      {"lines = 9000000000", "lines is not 1..8"},
      {"places = [\"over\"]", "places cannot hold"},
      {"one_of = [\"\"]", "one_of has one"},
      {"areas = 1", "areas is not a table"},
      {"areas = { P = 1 }", "no table of districts"},
      {"areas = { P = { D = 1 } }", "without a text of subdistricts"},
      {"areas = { \"\" = { D = \"S\" } }", "areas has one"},
      {"number_kind = \"moon\"", "number_kind cannot be"},
      {"[[side]]\nname = \"back\"", "marks is missing"},
      {"[", "t.toml:"},
  };
  for (const auto& one : cases) {
    const auto types = read_document_type(good + one.more, "t.toml");
    ASSERT_FALSE(types) << one.more;
    EXPECT_NE(types.error().detail.find(one.named), std::string::npos) << types.error().detail;
  }
  EXPECT_FALSE(read_document_type("", "t.toml"));
  EXPECT_FALSE(read_document_type(std::string(1U << 20, '#'), "t.toml"));
  EXPECT_FALSE(read_document_types("/nowhere"));
}

TEST(DocumentTypes, AreasLieWithinAreasAndAreNotWithoutEnd) {
  const std::string head =
      "type = \"T\"\n[[side]]\nname = \"front\"\nmarks = [\"M\"]\n[[side.field]]\nname = \"n\"\n"
      "[side.field.areas.P]\n";
  const auto types = read_document_type(head + "D = \"S T\"\nE = \"U\"", "t.toml");
  ASSERT_TRUE(types) << types.error().detail;
  const auto& provinces = *types->front().fields.front().areas;
  ASSERT_EQ(provinces.size(), 1U);
  ASSERT_EQ(provinces[0].within.size(), 2U);
  EXPECT_EQ(provinces[0].within[0].within[1].name, "T");
  std::string many = head + "D = \"";
  for (std::size_t i = 0; i <= kAreasMax; ++i) many += "S ";
  EXPECT_FALSE(read_document_type(many + "\"", "t.toml"));
}

class DocumentSelfTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kBuilt + "/ppocrv6_small_rec.onnx")) {
      GTEST_SKIP() << "tools/fetch.py was not run";
    }
    cards_ = read_model_cards(kShipped).value();
    options_.models_dir = kBuilt;
  }

  bool proves_itself() {
    const auto reader = vision::DocumentReader::create(cards_, {}, options_);
    return reader && (*reader)->self_test();
  }

  vision::NetworkCard& network(const std::string& name) {
    return *std::ranges::find(cards_.networks, name, &vision::NetworkCard::name);
  }

  vision::ModelCards cards_;
  vision::EngineOptions options_;
};

TEST_F(DocumentSelfTest, PassesAsShipped) {
  for (const auto precision : {vision::Precision::f32, vision::Precision::automatic}) {
    options_.precision = precision;
    const auto reader = vision::DocumentReader::create(cards_, {}, options_).value();
    const auto proof = reader->self_test();
    EXPECT_TRUE(proof) << proof.error().detail;
  }
}

TEST_F(DocumentSelfTest, FailsWithAWrongValueRange) {
  network("ppocr_full").value_offset = 0;
  EXPECT_FALSE(proves_itself());
}

TEST_F(DocumentSelfTest, FailsWithAnotherReadersDictionary) {
  std::swap(cards_.documents.quick_reader.dictionary, cards_.documents.full_reader.dictionary);
  std::swap(
      cards_.documents.quick_reader.dictionary_sha256,
      cards_.documents.full_reader.dictionary_sha256
  );
  EXPECT_FALSE(proves_itself());
}

TEST_F(DocumentSelfTest, FailsWithADetectorThatSeesTextEverywhere) {
  network("ppocr_det").channel_means = {-3, -3, -3};
  EXPECT_FALSE(proves_itself());
}

TEST_F(DocumentSelfTest, FailsWithAChangedDictionary) {
  cards_.documents.full_reader.dictionary_sha256 = std::string(64, '0');
  EXPECT_FALSE(proves_itself());
}

TEST_F(DocumentSelfTest, AServerWithoutAFileReadsNoDocuments) {
  EXPECT_EQ(missing_document_file(cards_, kBuilt), std::nullopt);
  const vision::ModelCards whole = cards_;
  cards_.documents.full_reader.dictionary = "absent.txt";
  EXPECT_EQ(missing_document_file(cards_, kBuilt), "absent.txt");
  cards_ = whole;
  network("ppocr_det").file = "absent.onnx";
  EXPECT_EQ(missing_document_file(cards_, kBuilt), "absent.onnx");
  cards_ = whole;
  cards_.documents.thai_data = "/absent/tha.traineddata";
  EXPECT_EQ(missing_document_file(cards_, kBuilt), "/absent/tha.traineddata");
  cards_.documents.text_detector.clear();
  EXPECT_TRUE(missing_document_file(cards_, kBuilt));
}

TEST_F(DocumentSelfTest, TheSettingSaysWhenTheNetworksAreLoaded) {
  Settings settings;
  settings.models_dir = kBuilt;
  settings.data_dir = std::filesystem::temp_directory_path() / "selfsame_no_data";
  const vision::Image grey{64, 64, std::vector<std::uint8_t>(64 * 64 * 3, 128)};
  for (const char* when : {"first-use", "start"}) {
    settings.documents = when;
    const auto source = document_source(settings, {});
    ASSERT_TRUE(source) << source.error().detail;
    EXPECT_NE(std::ranges::find(source->types, "MainlandIDCard"), source->types.end());
    const auto reading = source->read(grey, {});
    ASSERT_TRUE(reading) << reading.error().detail;
    EXPECT_TRUE(reading->type.empty());
  }
  settings.documents = "never";
  EXPECT_FALSE(document_source(settings, {})->read);
}

}  // namespace
}  // namespace selfsame::app
