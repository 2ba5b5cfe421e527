#include "daemon/request.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "daemon/files.hpp"
#include "daemon/render.hpp"
#include "daemon/status_json.hpp"

namespace redvip::daemon {
namespace {

constexpr std::size_t longest = 500;

std::string path_in(const std::string& runtime_dir) {
  return runtime_dir + "/request";
}

void take_text(const boost::json::object& object, boost::json::string_view name,
               std::string& target) {
  take(object, name, target);
  target.resize(std::min(target.size(), longest));
  target = printable(std::move(target));
}

}  // namespace

Result<void> leave_request(const std::string& runtime_dir, const Request& request) {
  boost::json::object object{
      {"by", request.by}, {"reason", request.reason}, {"to", request.to}, {"force", request.force}};
  if (request.length) object["length_s"] = request.length->count();
  return write_whole(path_in(runtime_dir), boost::json::serialize(object));
}

Result<Request> take_request(const std::string& runtime_dir) {
  const auto path = path_in(runtime_dir);
  std::ifstream file{path};
  if (!file) return failure("cannot be read", path);
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  ::unlink(path.c_str());
  const auto object = parse_object(text);
  if (!object) return failure(object.error().message, path);
  try {
    Request request;
    take_text(*object, "by", request.by);
    take_text(*object, "reason", request.reason);
    take_text(*object, "to", request.to);
    take(*object, "force", request.force);
    std::optional<std::int64_t> length;
    take(*object, "length_s", length);
    if (length) request.length = Seconds{*length};
    return request;
  } catch (const std::invalid_argument& error) {
    return failure(error.what(), path);
  }
}

}  // namespace redvip::daemon
