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

}  // namespace ipcscope
