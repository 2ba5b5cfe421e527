// Two real servers whose histories have parted, as redvip finds them when an owner that was cut off
// comes back.
#pragma once

#include "support.hpp"

namespace redvip::test {

inline constexpr IpAddress fresh_address{0x7F000002};

// One field of INFO.
std::string info(Client& client, const std::string& name);
std::int64_t number(Client& client, const std::string& name);  // -1: it is none

// Fails the test when it does not hold within 20 s.
void eventually(const std::function<bool()>& condition);

// `old`, on loopback, was the owner and is parked. `fresh`, on fresh_address, was its replica, and
// was promoted while `old` still took writes.
class Diverged {
 public:
  // With a `password` both ask for it.
  Diverged(const std::vector<std::string>& common_writes,
           const std::vector<std::string>& lost_writes, std::vector<std::string> more_options = {},
           std::string password = "");
  ~Diverged();

  std::string replid() { return info(old(), "master_replid"); }
  std::int64_t from() { return number(fresh(), "second_repl_offset"); }
  std::int64_t until() { return number(old(), "slave_repl_offset"); }
  bool parked();
  Client& old() { return *old_; }
  Client& fresh() { return *fresh_; }
  void kill_old() { old_server_->kill(); }
  [[nodiscard]] const std::string& password() const { return password_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }  // empty; removed
  [[nodiscard]] std::string read(const std::string& file) const;                 // of the folder

 private:
  void start(std::vector<std::string> options);
  void replicate();

  std::string password_;
  std::filesystem::path folder_;
  std::unique_ptr<RedisServer> old_server_;
  std::unique_ptr<RedisServer> fresh_server_;
  std::unique_ptr<Client> old_;
  std::unique_ptr<Client> fresh_;
};

}  // namespace redvip::test
