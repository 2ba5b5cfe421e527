// The documents say what is so: their commands exist and print what stands there, their files are
// accepted, their links lead somewhere, and what comes from a table is the table.
#include <cstdlib>
#include <set>

#include "catch.hpp"
#include "daemon/config_file.hpp"
#include "daemon/config_keys.hpp"
#include "daemon/reference.hpp"
#include "docs/rehearsal.hpp"
#include "docs/sources.hpp"
#include "docs/words.hpp"

namespace redvip::docs {
namespace {

namespace fs = std::filesystem;

void each_block(const std::string& language, const std::function<void(const Block&)>& look) {
  for (const auto& document : documents()) {
    for (const auto& block : document.blocks) {
      if (block.language == language) look(block);
    }
  }
}

// REDVIP_DOCS_UPDATE=1 writes into the documents what was printed; read it before you commit it.
// With REDVIP_BINARY=build/release/redvip the durations are what an operator will see.
TEST_CASE("every command of the documents prints what they say", "[stage]") {
  const char* only = std::getenv("REDVIP_DOCS_ONLY");  // a part of a file's name
  for (const auto& document : documents()) {
    if (only != nullptr && document.file.find(only) == std::string::npos) continue;
    const auto differences = rehearse(document);
    for (const auto& difference : differences) FAIL_CHECK(difference.text());
    if (std::getenv("REDVIP_DOCS_UPDATE") != nullptr) correct(document, differences);
  }
}

TEST_CASE("a block with a prompt is a console block, so that it is run") {
  each_block("", [](const Block& block) {
    for (const auto& line : block.lines) {
      INFO(block.place() << ": " << line);
      CHECK_FALSE(line.starts_with("$ "));
    }
  });
}

TEST_CASE("every block is ended") {
  for (const auto& document : documents()) {
    for (const auto& block : document.unended) FAIL_CHECK(block.place());
  }
}

TEST_CASE("every redvip command and option in the documents exists") {
  const auto all = daemon::command_line_reference();
  const auto look = [&](const std::string& place, const std::string& text) {
    for (const auto& trouble : unknown_words(all, text)) FAIL_CHECK(place + ": " + trouble);
  };
  each_block("sh", [&](const Block& block) { look(block.place(), block.text()); });
  for (const auto& document : documents()) {
    for (const auto& span : document.code_spans) look(span.place(), span.text);
  }
}

TEST_CASE("every shell block is valid bash") {
  const lab::Workspace workspace;
  each_block("sh", [&](const Block& block) {
    const auto script = workspace.path() / "block.sh";
    lab::write_file(script, block.text());
    const auto outcome = lab::run("bash -n " + script.string());
    INFO(block.place() << "\n" << outcome.output);
    CHECK(outcome.status == 0);
  });
}

TEST_CASE("every configuration in the documents is accepted") {
  const daemon::LoadOptions options{.node = "redis-a", .host_addresses = {}};
  each_block("toml", [&](const Block& block) {
    const std::string before{block.fragment ? daemon::smallest_configuration() : ""};
    const auto config = daemon::parse_config(before + block.text(), block.place(), options);
    if (config) return;
    for (const auto& error : config.error()) FAIL_CHECK(error.text());
  });
}

TEST_CASE("every link within the documents leads somewhere") {
  std::map<std::string, Document> all;
  for (auto& document : documents()) all.emplace(document.file, document);
  for (const auto& [file, document] : all) {
    for (const auto& link : document.links) {
      if (link.text.find("://") != std::string::npos) continue;
      const auto hash = std::min(link.text.find('#'), link.text.size());
      const auto path = link.text.substr(0, hash);
      const auto target =
          path.empty() ? file
                       : (fs::path{file}.parent_path() / path).lexically_normal().generic_string();
      INFO(link.place() << ": " << link.text);
      CHECK(fs::exists(source_path(target)));
      if (hash == link.text.size() || all.count(target) == 0) continue;
      const auto& anchors = all.at(target).anchors;
      CHECK(std::ranges::count(anchors, link.text.substr(hash + 1)) == 1);
    }
  }
}

TEST_CASE("what stands between markers is what the tables say now") {
  for (const auto& document : documents()) {
    const auto text = lab::read_file(source_path(document.file));
    const auto renewed = daemon::with_parts(text);
    INFO(document.file << ": run redvip_reference --update docs");
    REQUIRE(renewed);
    CHECK(*renewed == text);
  }
}

TEST_CASE("configuration.md has every key, how-it-works.md the states and their transitions") {
  const auto has = [](const std::string& file, const std::string& part) {
    const auto text = lab::read_file(source_path(file));
    INFO(file << " lacks <!-- generated: " << part << " -->");
    CHECK(text.find("<!-- generated: " + part + " -->\n") != std::string::npos);
  };
  for (const auto& section : daemon::config_sections()) {
    has("docs/configuration.md", "keys of " + section.name);
  }
  for (const auto* part : {"states", "state diagram", "transitions"}) {
    has("docs/how-it-works.md", part);
  }
}

}  // namespace
}  // namespace redvip::docs
