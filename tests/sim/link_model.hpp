// Between two modelled Redis: datasets, the pieces of the replication stream, and the one TCP
// connection that carries them. A piece is always somewhere: in the master's memory, in the queue
// of its kernel, on the wire, in the replica's receive queue, or applied (redis.md section 4.1).
#pragma once

#include <bitset>
#include <deque>
#include <memory>
#include <string>

#include "sim/lan.hpp"

namespace redvip::sim {

// Every client write sets a key of its own, so that a dataset is a set of bits.
using Key = std::size_t;
constexpr Key most_keys = 4096;
using Dataset = std::bitset<most_keys>;

// A piece of the replication stream: one write, or a PING or SELECT, which change no data.
struct Piece {
  std::int64_t end;  // the offset after it
  std::int64_t bytes;
  std::optional<Key> key;
};

[[nodiscard]] inline Dataset keys_of(const std::deque<Piece>& pieces) {
  Dataset keys;
  for (const auto& piece : pieces) {
    if (piece.key) keys.set(*piece.key);
  }
  return keys;
}

struct Snapshot {
  Dataset data;
  std::string replid;  // empty: a master that counts nothing, or no history yet
  std::int64_t offset = 0;
};

// A replica's connection to its master.
struct Link {
  enum class Phase : std::uint8_t { connecting, downloading, loading, connected };

  NodeIndex master;
  NodeIndex replica;
  Stream down;  // master to replica
  Stream up;
  Phase phase = Phase::connecting;
  // The master's end.
  std::uint64_t master_life = 0;  // the process there; 0: none yet
  bool sending = false;           // it may send stream (its snapshot is through)
  std::int64_t heard_offset = 0;  // of the last REPLCONF ACK
  Instant heard_at{};
  Instant accepted_at{};
  std::deque<Piece> unsent{};  // in the master's memory: gone with its process
  // The master's kernel.
  std::deque<Piece> queued{};  // sent on even when the process is gone
  std::int64_t queued_bytes = 0;
  std::int64_t under_way_bytes = 0;  // on the wire, or not yet read by the replica
  int unheard = 0;                   // acknowledgements that the process has not read
  bool ended = false;                // the process has closed it: the end follows what is queued
  std::optional<Instant> orphaned_at{};  // since the process was killed
  // The replica's kernel.
  std::deque<Piece> unread{};  // survives the master
  bool eof = false;            // behind `unread`
  bool reset = false;          // the socket is gone, but what it had received can still be read
  bool closed = false;         // by the replica, or by a master that lives
};

}  // namespace redvip::sim
