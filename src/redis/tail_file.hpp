// The file that a captured stream is written to.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace redvip::redis {

// Readable by root alone, like Redis's own files: it holds clients' data.
class TailFile {
 public:
  explicit TailFile(std::string path) : path_{std::move(path)} {}
  ~TailFile() { close(); }
  TailFile(const TailFile&) = delete;
  TailFile& operator=(const TailFile&) = delete;

  [[nodiscard]] Result<void> create();  // must not exist
  [[nodiscard]] Result<void> append(std::string_view bytes);
  void close();
  void remove();  // if create() made it

 private:
  std::string path_;
  bool created_ = false;
  int file_ = -1;
};

}  // namespace redvip::redis
