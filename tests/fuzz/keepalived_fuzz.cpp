// Any text at all, as keepalived.conf and as the script that it names, becomes one TOML or errors,
// and nothing of it reaches a terminal as a control character.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "daemon/import/import.hpp"

namespace {

using redvip::keepalived::Files;
using redvip::keepalived::FoundFile;

// The configuration up to a NUL, the script behind it.
Files files_of(const std::string& text) {
  const auto nul = text.find('\0');
  const auto conf = text.substr(0, nul);
  const auto script = nul == text.npos ? text : text.substr(nul + 1);
  Files files;
  files.read = [conf, script](const std::string& path) -> redvip::Result<std::string> {
    return path == "a.conf" ? conf : script;
  };
  files.matching = [](const std::string& path) { return std::vector{FoundFile{path, false}}; };
  return files;
}

bool is_plain(const std::string& line) {
  for (const char c : line) {
    if (static_cast<unsigned char>(c) < ' ') return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  redvip::keepalived::Request request;
  request.sources = {{"a.conf", "a", ""}};
  request.nodes = {{"a", redvip::IpAddress{0x0a000001}, {}},
                   {"b", redvip::IpAddress{0x0a000002}, {}}};
  const auto outcome = redvip::keepalived::import_keepalived(request, files_of(text));
  if (outcome.toml.empty() != outcome.diagnosis.refused()) std::abort();
  for (const auto& line : outcome.diagnosis.lines()) {
    if (!is_plain(line)) std::abort();
  }
  return 0;
}
