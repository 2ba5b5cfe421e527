#include "netlink/nft_table.hpp"

#include <fcntl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <netlink/errno.h>
#include <netlink/socket.h>
#include <nftables/libnftables.h>

#include <array>
#include <cctype>
#include <cstdio>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

#include "netlink/netlink_socket.hpp"

namespace redvip::netlink {
namespace {

// Letters and digits as they are, all else as _xx: nft would take other characters for syntax, and
// no two services may share a table.
std::string identifier(const std::string& text) {
  std::string result;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x80 && std::isalnum(byte) != 0) {
      result += character;
      continue;
    }
    std::array<char, 4> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "_%02x", byte);
    result += escaped.data();
  }
  return result;
}

// "Error: Could not process rule: Operation not supported\n<the rule>\n^^^" -> its first line.
std::string reason(std::string_view said) {
  constexpr std::string_view label = "Error: ";
  const auto line = said.substr(0, said.find('\n'));
  const auto at = line.find(label);
  return std::string{at == line.npos ? line : line.substr(at + label.size())};
}

// What libnftables says against them; nullopt: they are done. Both buffers are rewound by reading.
std::optional<std::string> refusal(nft_ctx& context, const std::string& commands) {
  const int code = nft_run_cmd_from_buffer(&context, commands.c_str());
  nft_ctx_get_output_buffer(&context);
  const std::string said = nft_ctx_get_error_buffer(&context);
  return code == 0 ? std::nullopt : std::optional{reason(said)};
}

// libnftables exits without the netlink protocol and prints without the capability, so the kernel
// is asked first. Returns the descriptor that the asking socket had.
Result<int> ask_kernel(const std::string& purpose) {
  auto socket = NetlinkSocket::open(NETLINK_NETFILTER);
  if (!socket) return tl::unexpected(socket.error());
  nfgenmsg header{};
  header.version = NFNETLINK_V0;
  auto request = make_message((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETGEN, 0);
  append(*request, &header, sizeof(header));
  const int descriptor = nl_socket_get_fd(socket->get());
  const int code = socket->request(std::move(request));
  if (code == -NLE_PERM) return failure("cannot " + purpose + ": it needs CAP_NET_ADMIN", "nft");
  if (code < 0) return failure("cannot " + purpose + ": this kernel has no nf_tables", "nft");
  return descriptor;
}

// The first rule at a hook makes the kernel rewrite its own code on every CPU, as does the end of
// the last (nf_hooks_needed, net/netfilter/core.c): 1.5 ms of each of two cores here, in the midst
// of a failover, where no firewall has them in use. Without rules they cost a packet next to
// nothing. Another redvip's table of this name does as well.
constexpr auto hooks_in_use = R"(table inet redvip_hooks {
 flags owner
 comment "keeps these hooks in use"
 chain input { type filter hook input priority 2147483647; }
 chain output { type filter hook output priority 2147483647; }
 chain postrouting { type filter hook postrouting priority 2147483647; }
}
)";

}  // namespace

std::string header_of(IpAddress address) {
  return address.is_v4() ? "ip" : "ip6";
}

Result<std::shared_ptr<nft_ctx>> Nft::context(const std::string& purpose) const {
  if (context_) return context_;
  const auto descriptor = ask_kernel(purpose);
  if (!descriptor) return tl::unexpected(descriptor.error());
  // Its socket has the lowest free descriptor (open(2)), which is the one just closed.
  const std::shared_ptr<nft_ctx> context{nft_ctx_new(NFT_CTX_DEFAULT), [](nft_ctx* it) {
                                           if (it != nullptr) nft_ctx_free(it);
                                         }};
  if (!context || nft_ctx_buffer_output(context.get()) != 0 ||
      nft_ctx_buffer_error(context.get()) != 0) {
    throw std::bad_alloc{};
  }
  // Not close-on-exec: a program that inherits it would keep the tables.
  ::fcntl(*descriptor, F_SETFD, FD_CLOEXEC);
  static_cast<void>(refusal(*context, hooks_in_use));
  context_ = context;
  return context;
}

Result<void> Nft::once(const std::string& kind, const std::function<Result<void>()>& trial) const {
  if (tried_.contains(kind)) return {};
  auto done = trial();
  if (done) tried_.insert(kind);
  return done;
}

NftTable::NftTable(std::shared_ptr<nft_ctx> context, std::string name)
    : context_{std::move(context)}, name_{std::move(name)} {}

NftTable& NftTable::operator=(NftTable&& other) noexcept {
  std::swap(context_, other.context_);
  std::swap(name_, other.name_);
  std::swap(there_, other.there_);
  return *this;
}

NftTable::~NftTable() {
  if (context_) static_cast<void>(remove("remove a table"));
}

Result<NftTable> NftTable::open(const Nft& nft, const std::string& kind, const std::string& service,
                                const std::string& purpose) {
  return nft.context(purpose).map([&](std::shared_ptr<nft_ctx> context) {
    return NftTable{std::move(context), "redvip_" + kind + "_" + identifier(service)};
  });
}

Result<void> NftTable::put(const std::string& chains, const std::string& purpose) {
  const std::string first = there_ ? "delete table inet " + name_ + "\n" : "";
  auto done = run(first + "table inet " + name_ + " {\n flags owner\n" + chains + "}\n", purpose);
  if (done) there_ = true;
  return done;
}

Result<void> NftTable::remove(const std::string& purpose) {
  if (!there_) return {};
  auto done = run("delete table inet " + name_, purpose);
  if (done) there_ = false;
  return done;
}

Result<void> NftTable::run(const std::string& commands, const std::string& purpose) {
  const auto why = refusal(*context_, commands);
  if (!why) return {};
  return failure("cannot " + purpose + ": " + *why, "nft table " + name_);
}

}  // namespace redvip::netlink
