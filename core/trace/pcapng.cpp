#include "core/trace/pcapng.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

namespace ipcscope {
namespace {

enum : std::uint32_t { InterfaceDescription = 1, EnhancedPacket = 6, SectionHeader = 0x0a0d0d0a };
enum : std::uint16_t { EndOfOptions = 0, Comment = 1, InterfaceName = 2, StampResolution = 9, UserApplication = 4 };
constexpr std::uint32_t byte_order = 0x1a2b3c4d;
constexpr std::uint16_t link_type_raw = 101;
constexpr char nanoseconds = 9;              // 10 to the power of -9
constexpr std::size_t largest_option = 0xffff;

// One block, built up and then closed: its length stands in front of it and behind it.
class Block {
 public:
    Block(std::vector<std::byte>& file, std::uint32_t type) : file_(file), begin_(file.size()) { put(type), put(std::uint32_t{0}); }
    ~Block() {
        const auto length = static_cast<std::uint32_t>(file_.size() + sizeof(std::uint32_t) - begin_);
        std::memcpy(file_.data() + begin_ + sizeof length, &length, sizeof length);
        put(length);
    }
    Block(const Block&) = delete;

    template <class T>
    void put(T value) {
        const auto* bytes = reinterpret_cast<const std::byte*>(&value);
        file_.insert(file_.end(), bytes, bytes + sizeof value);
    }
    void put_padded(std::span<const std::byte> bytes) {
        file_.insert(file_.end(), bytes.begin(), bytes.end());
        file_.resize(file_.size() + (4 - bytes.size() % 4) % 4);
    }
    void option(std::uint16_t code, std::string_view text) {
        text = text.substr(0, largest_option);
        put(code), put(static_cast<std::uint16_t>(text.size()));
        put_padded(std::as_bytes(std::span(text)));
    }
    void end_options() { put(EndOfOptions), put(std::uint16_t{0}); }

 private:
    std::vector<std::byte>& file_;
    std::size_t begin_;
};

void put_section(std::vector<std::byte>& file) {
    Block block(file, SectionHeader);
    block.put(byte_order), block.put(std::uint16_t{1}), block.put(std::uint16_t{0});
    block.put(std::int64_t{-1});             // the section's length: not told
    block.option(UserApplication, "ipcscope");
    block.end_options();
}

void put_interface(std::vector<std::byte>& file, std::string_view name) {
    Block block(file, InterfaceDescription);
    block.put(link_type_raw), block.put(std::uint16_t{0});
    block.put(std::uint32_t{0});             // packets are not cut
    block.option(InterfaceName, name);
    block.option(StampResolution, {&nanoseconds, 1});
    block.end_options();
}

void put_packet(std::vector<std::byte>& file, std::uint32_t interface, std::uint64_t stamp, const Chunk& chunk, const std::string& comment) {
    Block block(file, EnhancedPacket);
    block.put(interface);
    block.put(static_cast<std::uint32_t>(stamp >> 32)), block.put(static_cast<std::uint32_t>(stamp));
    block.put(static_cast<std::uint32_t>(chunk.bytes.size())), block.put(chunk.true_length);
    block.put_padded(chunk.bytes);
    if (comment.empty()) return;
    block.option(Comment, comment);
    block.end_options();
}

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

PcapngFile pcapng_from(const Trace& trace, const std::function<std::string(EventIndex packet)>& comment_of) {
    PcapngFile file;
    put_section(file.bytes);
    std::int64_t hosts = 0;
    for (EventIndex i = 0; i < trace.size(); ++i) {
        const Event& event = trace[i];
        if (event.kind == EventKind::Host && event.value[0] == hosts + 1) {
            put_interface(file.bytes, trace.text(event, 0));
            ++hosts;
        }
        if (event.kind != EventKind::Packet) continue;
        const auto chunk = trace.chunk(event, 0);
        if (!chunk || event.value[1] < 1 || event.value[1] > hosts) continue;   // a damaged recording: there is no interface it left
        put_packet(file.bytes, static_cast<std::uint32_t>(event.value[1] - 1), event.stamp, *chunk, comment_of(i));
        ++file.packets;
    }
    return file;
}

Result<void> save_pcapng(const PcapngFile& file, const std::string& path) {
    std::unique_ptr<std::FILE, CloseFile> out(std::fopen(path.c_str(), "we"));
    const bool is_written = out && std::fwrite(file.bytes.data(), 1, file.bytes.size(), out.get()) == file.bytes.size() && std::fflush(out.get()) == 0;
    if (!is_written) return Failure{path + " cannot be written: " + std::strerror(errno) + "; give another file to -o"};
    return {};
}

}  // namespace ipcscope
