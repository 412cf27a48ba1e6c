#include "core/probe/capture.h"

namespace ipcscope {

std::size_t copy_carefully(void* to, const void* from, std::size_t length, std::int32_t pid) {
    const iovec local{to, length};
    const iovec remote{const_cast<void*>(from), length};
    const long copied = raw_syscall(SYS_process_vm_readv, pid, &local, 1, &remote, 1, 0);
    return copied > 0 ? static_cast<std::size_t>(copied) : 0;
}

std::size_t length_carefully(const char* text, std::size_t limit, std::int32_t pid) {
    char piece[256];
    std::size_t length = 0;
    while (length < limit) {
        const std::size_t got = copy_carefully(piece, text + length, limit - length < sizeof piece ? limit - length : sizeof piece, pid);
        if (const void* const end = std::memchr(piece, 0, got)) return length + static_cast<std::size_t>(static_cast<const char*>(end) - piece);
        length += got;
        if (got < sizeof piece) break;
    }
    return length;
}

static std::size_t length_of(const char* text, const Reader& reader) {
    constexpr std::size_t longest = 128 * 1024;    // MAX_ARG_STRLEN of the kernel; paths are shorter
    if (!is_plausible(text)) return 0;
    return reader.is_careful ? length_carefully(text, longest, reader.pid) : strnlen(text, longest);
}

Extent text_extent(const char* text, const Reader& reader) { return extent(length_of(text, reader), max_capture); }

// Calls use(text, length) for each of the texts, until it answers false.
template <class Use>
static void for_each_text(char* const* texts, const Reader& reader, Use&& use) {
    if (!is_plausible(texts)) return;
    for (;; ++texts) {
        char* text = nullptr;
        if (copy(&text, texts, sizeof text, reader) != sizeof text || !text) return;
        if (!use(text, length_of(text, reader))) return;
    }
}

Extent texts_extent(char* const* texts, const Reader& reader) {
    std::size_t bytes = 0;
    for_each_text(texts, reader, [&](const char*, std::size_t length) {
        bytes += length + 1;
        return true;
    });
    return extent(bytes, max_capture);
}

void copy_texts(char* to, std::size_t length, char* const* texts, const Reader& reader) {
    std::memset(to, 0, length);
    std::size_t done = 0;
    for_each_text(texts, reader, [&](const char* text, std::size_t text_length) {
        if (done >= length) return false;
        copy(to + done, text, text_length < length - done ? text_length : length - done, reader);
        done += text_length + 1;
        return true;
    });
}

Extent values_extent(const void* values) {
    constexpr std::size_t page = 4096, most = 128 * sizeof(std::uint16_t);
    const std::size_t left = page - (reinterpret_cast<std::uintptr_t>(values) & (page - 1));
    return extent(left < most ? left : most, max_capture);
}

static constexpr long most_pieces = 1024;    // IOV_MAX: more is EINVAL

Extent vector_extent(const iovec* pieces, long count, std::size_t bytes, const Reader& reader) {
    if (count <= 0 || count > most_pieces) return {};
    std::size_t sum = 0;
    for (long i = 0; i < count && sum < bytes; ++i) {
        iovec piece{};
        if (copy(&piece, pieces + i, sizeof piece, reader) != sizeof piece) break;
        sum += piece.iov_len;
    }
    return extent(sum < bytes ? sum : bytes, reader.limit);
}

void copy_vector(char* to, std::size_t length, const iovec* pieces, long count, const Reader& reader) {
    std::memset(to, 0, length);
    std::size_t done = 0;
    for (long i = 0; i < count && done < length; ++i) {
        iovec piece{};
        if (copy(&piece, pieces + i, sizeof piece, reader) != sizeof piece) return;
        const std::size_t part = piece.iov_len < length - done ? piece.iov_len : length - done;
        copy(to + done, piece.iov_base, part, reader);
        done += part;
    }
}

static std::uint32_t at_most(std::size_t length, std::uint32_t most) { return length < most ? static_cast<std::uint32_t>(length) : most; }

static MessageHeader header_of(const msghdr& message) {
    const bool has_address = is_plausible(message.msg_name), has_control = is_plausible(message.msg_control);
    return {static_cast<std::uint16_t>(has_address ? at_most(message.msg_namelen, most_address_bytes) : 0),
            static_cast<std::uint16_t>(has_control ? at_most(message.msg_controllen, most_control_bytes) : 0), message.msg_flags, 0, 0};
}

Extent header_extent(const msghdr* message, std::size_t bytes, const Reader& reader) {
    msghdr read{};
    if (copy(&read, message, sizeof read, reader) != sizeof read) return {};
    const MessageHeader header = header_of(read);
    const std::size_t fixed = sizeof header + header.address_length + header.control_length;
    const Extent data = vector_extent(read.msg_iov, static_cast<long>(read.msg_iovlen), bytes, reader);
    return extent(fixed + data.true_length, fixed + data.length);
}

void copy_header(char* to, std::size_t length, const msghdr* message, const Reader& reader) {
    std::memset(to, 0, length);
    msghdr read{};
    if (copy(&read, message, sizeof read, reader) != sizeof read) return;
    const MessageHeader header = header_of(read);
    if (sizeof header + header.address_length + header.control_length > length) return;
    std::memcpy(to, &header, sizeof header);
    to += sizeof header;
    copy(to, read.msg_name, header.address_length, reader);
    to += header.address_length;
    copy(to, read.msg_control, header.control_length, reader);
    to += header.control_length;
    copy_vector(to, length - sizeof header - header.address_length - header.control_length, read.msg_iov, static_cast<long>(read.msg_iovlen), reader);
}

// Calls use(message, header) for each, until it answers false.
template <class Use>
static void for_each_message(const mmsghdr* messages, std::uint64_t count, bool has_lengths, const Reader& reader, Use&& use) {
    mmsghdr read{};
    for (std::uint64_t i = 0; i < count && i < UIO_MAXIOV; ++i) {
        if (copy(&read, messages + i, sizeof read, reader) != sizeof read) return;
        MessageHeader header = header_of(read.msg_hdr);
        const Extent data = vector_extent(read.msg_hdr.msg_iov, static_cast<long>(read.msg_hdr.msg_iovlen), has_lengths ? read.msg_len : SIZE_MAX, reader);
        header.data_length = data.true_length, header.data_captured = data.length;
        if (!use(read.msg_hdr, header)) return;
    }
}

Extent headers_extent(const mmsghdr* messages, std::uint64_t count, bool has_lengths, const Reader& reader) {
    std::size_t sum = 0;
    for_each_message(messages, count, has_lengths, reader, [&](const msghdr&, const MessageHeader& header) {
        sum += sizeof header + header.address_length + header.control_length + header.data_captured;
        return true;
    });
    return extent(sum, max_capture);
}

void copy_headers(char* to, std::size_t length, const mmsghdr* messages, std::uint64_t count, bool has_lengths, const Reader& reader) {
    std::memset(to, 0, length);
    for_each_message(messages, count, has_lengths, reader, [&](const msghdr& message, MessageHeader header) {
        const std::size_t fixed = sizeof header + header.address_length + header.control_length;
        if (fixed > length) return false;
        header.data_captured = at_most(header.data_captured, static_cast<std::uint32_t>(length - fixed));
        std::memcpy(to, &header, sizeof header);
        copy(to + sizeof header, message.msg_name, header.address_length, reader);
        copy(to + sizeof header + header.address_length, message.msg_control, header.control_length, reader);
        copy_vector(to + fixed, header.data_captured, message.msg_iov, static_cast<long>(message.msg_iovlen), reader);
        to += fixed + header.data_captured;
        length -= fixed + header.data_captured;
        return length > 0;
    });
}

// Calls use(found) for each, until it answers false.
template <class Use>
static void for_each_found(addrinfo* const* list, const Reader& reader, Use&& use) {
    addrinfo* next = nullptr;
    if (!is_plausible(list) || copy(&next, list, sizeof next, reader) != sizeof next) return;
    addrinfo found{};
    for (std::uint32_t i = 0; i < most_found_addresses && is_plausible(next); ++i, next = found.ai_next)
        if (copy(&found, next, sizeof found, reader) != sizeof found || !use(found)) return;
}

Extent found_extent(addrinfo* const* list, const Reader& reader) {
    std::size_t count = 0;
    for_each_found(list, reader, [&](const addrinfo&) { return ++count != 0; });
    return extent(count * sizeof(FoundAddress), max_capture);
}

void copy_found(char* to, std::size_t length, addrinfo* const* list, const Reader& reader) {
    std::memset(to, 0, length);
    for_each_found(list, reader, [&](const addrinfo& found) {
        if (length < sizeof(FoundAddress)) return false;
        FoundAddress told{found.ai_family, found.ai_socktype, found.ai_protocol, at_most(found.ai_addrlen, sizeof told.address), {}};
        if (is_plausible(found.ai_addr)) copy(told.address, found.ai_addr, told.length, reader);
        std::memcpy(to, &told, sizeof told);
        to += sizeof told;
        length -= sizeof told;
        return true;
    });
}

}  // namespace ipcscope
