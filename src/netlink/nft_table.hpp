// One nftables table that belongs to this process (libnftables). Shell.
#pragma once

#include <memory>
#include <string>

#include "core/types.hpp"

struct nft_ctx;

namespace redvip::netlink {

// What nft calls the family's header: "ip" or "ip6".
[[nodiscard]] std::string header_of(IpAddress address);

// Every call is synchronous. A `purpose` completes "cannot ..." in an error.
class NftTable {
 public:
  // The table is `inet redvip_<kind>_<service>`; `service` may be any text. Nothing exists before
  // the first put(): try one that matches nothing, since only that says whether the kernel has
  // table owners (Linux 5.12) and the expressions used, and whether the name is another process's.
  [[nodiscard]] static Result<NftTable> open(const std::string& kind, const std::string& service,
                                             const std::string& purpose);

  // These chains, in nft's syntax, become all that the table has, in one transaction: no packet
  // passes in between, and after an error the table is what it was. The kernel removes it with this
  // object and with this process, however that ends.
  [[nodiscard]] Result<void> put(const std::string& chains, const std::string& purpose);
  [[nodiscard]] Result<void> remove(const std::string& purpose);  // not there: does nothing

 private:
  struct Free {
    void operator()(nft_ctx* context) const;  // closes its socket, and with it goes the table
  };

  explicit NftTable(std::string name);
  [[nodiscard]] Result<void> run(const std::string& commands, const std::string& purpose);

  std::unique_ptr<nft_ctx, Free> context_;
  std::string name_;
  bool there_ = false;
};

}  // namespace redvip::netlink
