// Blocks: where keepalived guesses on and loses the rest, there is an error with the line.
#include "daemon/import/tree.hpp"

#include "catch.hpp"
#include "memory.hpp"

namespace redvip::keepalived {
namespace {

std::string told(const std::string& text) {
  Diagnosis diagnosis;
  (void)parse_tree(read_lines("a.conf", "", in_memory({{"a.conf", text}}), diagnosis), diagnosis);
  std::string all;
  for (const auto& line : diagnosis.lines()) all += line + '\n';
  return all;
}

bool tells(const std::string& text, const std::string& what) {
  const auto all = told(text);
  INFO(all);
  const bool found = all.find(what) != std::string::npos;
  CHECK(found);
  return found;
}

TEST_CASE("a missing brace is an error with the line of the block that it should have closed") {
  tells(
      "vrrp_instance A {\n  authentication {\n    auth_type PASS\n  virtual_ipaddress {\n  }\n}\n",
      "a.conf:2: error: `authentication {` has no closing brace before `virtual_ipaddress` in "
      "line 4");
  tells("vrrp_instance A {\n  virtual_ipaddress {\n    10.0.0.1\n  track_script {\n    x\n  }\n}\n",
        "a.conf:2: error: `virtual_ipaddress {` has no closing brace before `track_script`");
  tells("vrrp_script c {\n  script \"x\"\n\nvrrp_instance A {\n}\n",
        "a.conf:1: error: `vrrp_script {` has no closing brace before `vrrp_instance` in line 4");
  tells("vrrp_instance A {\n  state BACKUP\n",
        "a.conf:1: error: `vrrp_instance {` has no closing brace before the end of the file");
}

TEST_CASE("one missing brace is one error") {
  const auto all = told(
      "vrrp_instance A {\n  authentication {\n    auth_type PASS\n  virtual_ipaddress {\n  }\n}\n");
  CHECK(std::count(all.begin(), all.end(), '\n') == 1);
}

TEST_CASE("a brace too many is an error, and so is what stands outside of its block then") {
  tells("vrrp_instance A {\n}\n}\n", "a.conf:3: error: a } too many");
  tells("vrrp_instance A {\n}\n  priority 100\n}\n",
        "a.conf:3: error: `priority` outside of every block");
  tells("{\n}\n", "a.conf:1: error: a { that belongs to nothing");
}

TEST_CASE("an unknown block is an error; an unknown word is told, with what was probably meant") {
  tells("vrrp_instance A {\n  virtual_adress {\n  }\n}\n",
        "a.conf:2: error: unknown block `virtual_adress`; did you mean virtual_ipaddress?");
  tells("vrrp_script c {\n  raise 2\n}\n",
        "a.conf:2: mistake: unknown word `raise`, so keepalived ignores the line; did you mean "
        "rise?");
  tells("vrrp_instanze A {\n}\n", "unknown block `vrrp_instanze`; did you mean vrrp_instance?");
  tells("vrrp_instance A {\n  Priority 100\n}\n", "unknown word `Priority`");
}

TEST_CASE("a brace inside '...' opens a block, which is told where it cannot be meant") {
  tells("vrrp_script c {\n  script 'awk {print}'\n}\n",
        "a.conf:2: error: `script` with a {, but it opens no block");
}

TEST_CASE("what is in a block of LVS is not looked at") {
  CHECK(told("virtual_server 10.0.0.1 80 {\n  real_server 10.0.0.2 80 {\n    ODD_CHECK {\n    }\n  "
             "}\n}\n")
            .empty());
}

TEST_CASE("blocks without an end to their depth are an error, not the end of us") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "x {\n";
  CHECK(told(text).find("error: ") != std::string::npos);
}

TEST_CASE("a message shows a keyword and a value, never what may be a password behind it") {
  const auto all = told("vrrp_instance A {\n  smtp_alert on auth_pass geheim\n}\n");
  CHECK(all.find("dropped: `smtp_alert on ...`") != std::string::npos);
  CHECK(all.find("geheim") == std::string::npos);
}

}  // namespace
}  // namespace redvip::keepalived
