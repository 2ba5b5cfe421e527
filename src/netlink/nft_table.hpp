// nftables tables that belong to this process (libnftables). Shell.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "core/types.hpp"

struct nft_ctx;

namespace redvip::netlink {

// What nft calls the family's header: "ip" or "ip6".
[[nodiscard]] std::string header_of(IpAddress address);

// The connection to the kernel of all the tables. One for the process, opened with the first of
// them: libnftables waits with select(2), which knows no descriptor from 1024 on, and 255 services
// have more. It has a table of its own, `inet redvip_hooks`, whose chains are empty.
class Nft {
 public:
  [[nodiscard]] Result<std::shared_ptr<nft_ctx>> context(const std::string& purpose) const;

  // Runs `trial` unless one of its `kind` has succeeded: what the kernel can do is the same for
  // each service, and a trial that removes its table again may wait for RCU, while the adverts of
  // the services that run already are due.
  [[nodiscard]] Result<void> once(const std::string& kind,
                                  const std::function<Result<void>()>& trial) const;

 private:
  mutable std::shared_ptr<nft_ctx> context_;
  mutable std::set<std::string> tried_;
};

// Every call is synchronous. A `purpose` completes "cannot ..." in an error.
class NftTable {
 public:
  // The table is `inet redvip_<kind>_<service>`; `service` may be any text. Nothing exists before
  // the first put(): try one that matches nothing, since only that says whether the kernel has
  // table owners (Linux 5.12) and the expressions used, and whether the name is another process's.
  [[nodiscard]] static Result<NftTable> open(const Nft& nft, const std::string& kind,
                                             const std::string& service,
                                             const std::string& purpose);
  NftTable(NftTable&&) = default;
  NftTable& operator=(NftTable&& other) noexcept;  // what it had goes with `other`
  ~NftTable();

  // These chains, in nft's syntax, become all that the table has, in one transaction: no packet
  // passes in between, and after an error the table is what it was. It goes with this
  // object and with this process, however that ends.
  [[nodiscard]] Result<void> put(const std::string& chains, const std::string& purpose);
  [[nodiscard]] Result<void> remove(const std::string& purpose);  // not there: does nothing

 private:
  NftTable(std::shared_ptr<nft_ctx> context, std::string name);
  [[nodiscard]] Result<void> run(const std::string& commands, const std::string& purpose);

  std::shared_ptr<nft_ctx> context_;  // null: moved from
  std::string name_;
  bool there_ = false;
};

}  // namespace redvip::netlink
