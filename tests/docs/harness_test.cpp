// The harness can find what is wrong.
#include "catch.hpp"
#include "docs/markdown.hpp"
#include "docs/printed.hpp"
#include "docs/scenes.hpp"
#include "docs/words.hpp"

namespace redvip::docs {
namespace {

using Lines = std::vector<std::string>;

const std::string sample = R"(# What `redvip run` does, and when!

<!-- scene: redis-b down -->

```console
$ redvip status \
>   --json
{}
redis-b$ true
```

See [there](other.md#what-it-is) and [itself](#here).

<!-- scene: forgotten -->
Words in between.

1. In a list

   <!-- fragment -->
   ```toml
   preempt = true
   ```

```sh
)";

TEST_CASE("a document is its blocks with their scenes, its code spans, links and anchors") {
  const auto document = read_markdown("docs/x.md", sample);
  REQUIRE(document.blocks.size() == 2);
  const auto& first = document.blocks[0];
  CHECK(first.language == "console");
  CHECK(first.place() == "docs/x.md:5");
  CHECK(first.scene == "redis-b down");
  const auto& second = document.blocks[1];
  CHECK(second.language == "toml");
  CHECK(second.scene.empty());  // that comment belonged to the words
  CHECK(second.fragment);
  CHECK(second.lines == Lines{"preempt = true"});
  REQUIRE(document.links.size() == 2);
  CHECK(document.links[0].text == "other.md#what-it-is");
  CHECK(document.anchors == Lines{"what-redvip-run-does-and-when"});
  REQUIRE(document.code_spans.size() == 1);
  CHECK(document.code_spans[0].text == "redvip run");
  CHECK(document.unended.size() == 1);
}

TEST_CASE("a console block is its commands, their hosts, and what each is said to print") {
  const auto steps = steps_of(read_markdown("x", sample).blocks.at(0));
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].host == "redis-a");
  CHECK(steps[0].command == "redvip status \\\n  --json");
  CHECK(steps[0].printed == Lines{"{}"});
  CHECK(steps[1].host == "redis-b");
  CHECK(steps[1].command == "true");
  CHECK(steps[1].line == 3);
}

TEST_CASE("output before a prompt belongs to no command, which the test reports") {
  Block block;
  block.lines = {"output", "$ true"};
  const auto steps = steps_of(block);
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].command.empty());
}

TEST_CASE("what differs every time is no difference") {
  const Lines documented{
      "redvip 0.1.0 on redis-a, pid 15802, 2026-11-22T22:21:58.660Z  fine",
      " redis-b    unknown  -    replica 7.0.15  up    1,433,329  0 B    -  0.0s",
      "[drained 2.2 ms, promoted 401 us]"};
  const Lines printed{"redvip 0.2.0 on redis-a, pid 7, 2027-01-02T02:01:08.001Z  fine",
                      " redis-b  unknown  -  replica 7.2.4  up  70  1.5 KiB  -  12.3s",
                      "[drained 12 ms, promoted 0.4 ms]"};
  CHECK(as_documented(documented, printed));
}

TEST_CASE("what matters is a difference") {
  CHECK_FALSE(as_documented({"owner redis-a"}, {"owner redis-b"}));
  CHECK_FALSE(as_documented({"10.77.0.1:6379: PONG"}, {"10.77.0.2:6379: PONG"}));
  CHECK_FALSE(as_documented({"one", "two"}, {"one"}));
  CHECK_FALSE(as_documented({"one"}, {"one", "two"}));
  CHECK_FALSE(as_documented({"-"}, {"250"}));
}

TEST_CASE("three dots stand for any number of lines") {
  CHECK(as_documented({"a", "...", "d"}, {"a", "b", "c", "d"}));
  CHECK(as_documented({"...", "d", "..."}, {"d"}));
  CHECK_FALSE(as_documented({"a", "...", "d"}, {"a", "b"}));
}

TEST_CASE("a redvip command that does not exist is found, and an option that it does not take") {
  const auto all = daemon::command_line_reference();
  const auto one = [&](const std::string& text) {
    const auto found = unknown_words(all, text);
    return found.empty() ? std::string{} : found.front();
  };
  CHECK(one("redvip promote") == "redvip has no command promote");
  CHECK(one("cd / && sudo redvip status --verbose | less") ==
        "redvip status has no option --verbose");
  CHECK(one("redvip --watch status") == "redvip has no option --watch");
  CHECK(one("./build/release/redvip stat") == "redvip has no command stat");
  CHECK(one("x=$(redvip status --yaml)") == "redvip status has no option --yaml");
  CHECK(one("if ! redvip halt; then") == "redvip has no command halt");
  for (const auto* fine :
       {"redvip status --watch", "sudo redvip switchover --force --reason \"a --b; c\" cache",
        "redvip history -n 3 | grep --color x  # redvip nonsense", "redvip", "redvip --version",
        "redvip COMMAND --help", "/etc/redvip/redvip.toml", "systemctl stop redvip",
        "redvip status \\\n  --json"}) {
    INFO(fine);
    CHECK(one(fine).empty());
  }
}

TEST_CASE("the scenes have different names") {
  for (const auto& scene : scenes()) CHECK(find_scene(scene.name) == &scene);
  CHECK(find_scene("a scene that nobody set") == nullptr);
}

}  // namespace
}  // namespace redvip::docs
