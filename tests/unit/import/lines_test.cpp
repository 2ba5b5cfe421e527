// keepalived.md section 6: what a line of keepalived.conf is, and what is lost in it.
#include "daemon/import/lines.hpp"

#include "catch.hpp"
#include "daemon/import/text.hpp"
#include "memory.hpp"

namespace redvip::keepalived {
namespace {

struct Read {
  std::vector<std::string> texts;
  std::string told;
};

Read read(const Texts& texts, const std::string& config_id = "") {
  Diagnosis diagnosis;
  Read result;
  for (const auto& line : read_lines("a.conf", config_id, in_memory(texts), diagnosis)) {
    result.texts.push_back(line.text);
  }
  for (const auto& line : diagnosis.lines()) result.told += line + '\n';
  return result;
}

std::vector<std::string> lines_of(const std::string& text, const std::string& config_id = "") {
  return read({{"a.conf", text}}, config_id).texts;
}

using Lines = std::vector<std::string>;

TEST_CASE("a comment begins at # or ! anywhere, but not inside \"...\" or behind a backslash") {
  CHECK(lines_of("! all\nstate MASTER # x\nnopreempt !.\n  # y\n") ==
        Lines{"state MASTER", "nopreempt"});
  CHECK(lines_of("auth_pass abc#def") == Lines{"auth_pass abc"});
  CHECK(lines_of("script \"a # b ! c\"") == Lines{"script \"a # b ! c\""});
  CHECK(lines_of("script 'a # b'") == Lines{"script 'a"});
  CHECK(lines_of("auth_pass abc\\#d\\!e") == Lines{"auth_pass abc#d!e"});
  CHECK(lines_of("auth_pass a${_HASH}b${_BANG}") == Lines{"auth_pass a#b!"});
}

TEST_CASE("a brace ends a line, but not inside \"...\"") {
  CHECK(lines_of("group { A B }") == Lines{"group", "{", "A B", "}"});
  CHECK(lines_of("vrrp_instance X\n{\nstate MASTER}") ==
        Lines{"vrrp_instance X", "{", "state MASTER", "}"});
  CHECK(lines_of("script \"echo {x}\"") == Lines{"script \"echo {x}\""});
}

TEST_CASE("carriage returns, blanks and empty lines do not count") {
  CHECK(lines_of("\r\n  state MASTER \t\r\n\r\n") == Lines{"state MASTER"});
}

TEST_CASE("a line that keepalived ignores because of its length or a NUL is an error") {
  const auto too_long = read({{"a.conf", "x\n" + std::string(1100, 'a')}});
  CHECK(too_long.told.find("a.conf:2: error: a line of more than 1024 bytes") == 0);
  const auto nul = read({{"a.conf", std::string{"priority\0 100", 13}}});
  CHECK(nul.told.find("a.conf:1: error: a line with a NUL byte") == 0);
}

TEST_CASE("typographic quotes and blanks are a mistake, and read as what was meant") {
  const auto result =
      read({{"a.conf", "script \xe2\x80\x9c/x.sh\xe2\x80\x9d\n\xe3\x80\x80state\xc2\xa0MASTER"}});
  CHECK(result.texts == Lines{"script \"/x.sh\"", "state MASTER"});
  CHECK(result.told.find("a.conf:1: mistake: typographic quotes") == 0);
  CHECK(read({{"a.conf", "\xef\xbb\xbf! a byte order mark\r\nstate MASTER"}}).told.empty());
}

TEST_CASE("@id keeps a line for one host, @^id for all others, before a definition too") {
  const std::string text = "@a priority 100\n@b priority 90\n@^a x\n@a $P=5\ny $P\n@a group {\n}\n";
  CHECK(lines_of(text, "a") == Lines{"priority 100", "y 5", "group", "{", "}"});
  CHECK(lines_of(text, "b") == Lines{"priority 90", "x", "y $P", "}"});
  const auto without = read({{"a.conf", text}});
  CHECK(without.told.find("a.conf:1: error: a line for one host only: `@a`") == 0);
  CHECK(without.told.find("--config-id ID") != std::string::npos);
}

TEST_CASE("$NAME is put in when it is used, again and again, and over several lines") {
  CHECK(lines_of("$BASE=10.2.${SUB}\n$SUB=0\n${BASE}.1\n$SUB=10\n${BASE}.1") ==
        Lines{"10.2.0.1", "10.2.10.1"});
  CHECK(lines_of("$P=1\na $P,b ($P) $P") == Lines{"a 1,b (1) 1"});
  CHECK(lines_of("$P=1\na $Px $Q") == Lines{"a $Px $Q"});
  CHECK(lines_of("$I= \\\nvrrp_instance V${N} { \\\n  priority 1 \\\n}\n$N=7\n$I\n") ==
        Lines{"vrrp_instance V7", "{", "priority 1", "}"});
  // As measured with keepalived 2.2.7: an empty line ends it.
  CHECK(lines_of("$I= \\\na \\\n\nb\n$I") == Lines{"b", "a"});
  CHECK(lines_of("x ${_PWD}/s.sh") == Lines{"x ./s.sh"});
}

TEST_CASE("~SEQ and ~LST repeat the rest of the line") {
  CHECK(lines_of("~SEQ(N, 1, 3) a$N ${N}") == Lines{"a1 1", "a2 2", "a3 3"});
  CHECK(lines_of("~SEQ(N, 3) ${N}") == Lines{"1", "2", "3"});
  CHECK(lines_of("~SEQ(N, 10, -5, 0) ${N}") == Lines{"10", "5", "0"});
  CHECK(lines_of("~SEQx(N, 0x90, 0x10, 0xb0) ${N}") == Lines{"90", "a0", "b0"});
  CHECK(lines_of("~LST(N, a, b) ${N}") == Lines{"a", "b"});
  CHECK(lines_of("~LST({N,M},{1,2},{3,4}) ${N}.${M}") == Lines{"1.2", "3.4"});
  CHECK(lines_of("~LST(A, 1, 2) ~SEQ(B, 1, 2) ${A}.${B}") == Lines{"1.1", "1.2", "2.1", "2.2"});
  CHECK(read({{"a.conf", "~SEQ(N, 1"}}).told.find("error: a repetition that is not understood") !=
        std::string::npos);
}

TEST_CASE("what would repeat without an end is an error") {
  for (const auto* text : {"$A=$A $A\nx $A", "$A= \\\n$B \\\n$B\n$B= \\\n$A \\\n$A\n$A",
                           "~SEQ(A,1,9999) ~SEQ(B,1,9999) x", "include a.conf"}) {
    INFO(text);
    CHECK(read({{"a.conf", text}}).told.find("error: ") != std::string::npos);
  }
}

TEST_CASE("an include is read where it stands, from its own folder, and may be a pattern") {
  const Texts texts{{"a.conf", "include conf.d/*.conf\nlast"},
                    {"conf.d/1.conf", "one\ninclude more.inc"},
                    {"conf.d/2.conf", "two"},
                    {"conf.d/more.inc", "more"}};
  CHECK(read(texts).texts == Lines{"one", "more", "two", "last"});
  CHECK(read(texts).told.empty());
}

TEST_CASE("an include of a copied configuration is found beside the copy") {
  CHECK(read({{"a.conf", "include /etc/keepalived/conf.d/x.conf"}, {"conf.d/x.conf", "x"}}).texts ==
        Lines{"x"});
}

TEST_CASE("an include that is not there is an error, a pattern without a match is told") {
  CHECK(read({{"a.conf", "\ninclude /x.conf"}})
            .told.find("a.conf:2: error: `include /x.conf`: there is no such file") == 0);
  CHECK(read({{"a.conf", "include conf.d/*"}}).told.find("dropped: `include conf.d/*`: no file") !=
        std::string::npos);
}

TEST_CASE("an executable file is not included, and that is told") {
  const auto result = read({{"a.conf", "include conf.d/*"}, {"conf.d/check", "#!/bin/sh\nexit 1"}});
  CHECK(result.texts.empty());
  CHECK(result.told.find("conf.d/check is executable, so keepalived does not include it") !=
        std::string::npos);
}

TEST_CASE("a template is refused with its first line, whatever it was made for") {
  for (const auto* mark : {"{{ vip }}", "{% for x in y %}", "<%= @vip %>", "${VIP:-10.0.0.1}",
                           "[VIRTUAL_IP]", "<VIP_ADDRESS>"}) {
    INFO(mark);
    const auto result = read({{"a.conf", std::string{"# {{ in a comment }}\nx "} + mark}});
    CHECK(result.told.find("a.conf:2: error: a template that nobody has filled in") == 0);
  }
}

TEST_CASE("an undefined ${NAME} outside \"...\" is an error: its braces open a block") {
  CHECK(read({{"a.conf", "priority ${P}"}}).told.find("a.conf:1: error: ${P} is not defined") == 0);
  CHECK(read({{"a.conf", "script \"/x ${P}\""}}).told.empty());
}

TEST_CASE("a word of most directives is quoted by \" only, of a script by both, with escapes") {
  CHECK(plain_words("a \"b c\" d'e f'") == Lines{"a", "b c", "d'e", "f'"});
  CHECK(quoted_words("ab\"c d\"e 'f g'") == Lines{"abc de", "f g"});
  CHECK(quoted_words("\"a \\\"b\\\" \\x41\\t\"") == Lines{"a \"b\" A\t"});
  CHECK(command_words("/x.sh 'a b' c") == Lines{"/x.sh", "a b", "c"});
}

TEST_CASE("a switch is on, true, yes, off, false or no, in lower case") {
  CHECK(parse_switch("on") == true);
  CHECK(parse_switch("no") == false);
  CHECK_FALSE(parse_switch("True"));
  CHECK_FALSE(parse_switch("1"));
}

}  // namespace
}  // namespace redvip::keepalived
