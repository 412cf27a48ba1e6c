#include "core/model/memory.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "core/model/canonical.h"

namespace ipcscope {
namespace {

struct FieldTypeRow {
    FieldType type;
    std::string_view name;
    std::size_t size;
    std::string (*text)(const char* bytes);
};

template <class Number>
std::string text_of_number(const char* bytes) {
    Number number;
    std::memcpy(&number, bytes, sizeof number);
    return std::to_string(number);
}

std::string text_of_pointer(const char* bytes) {
    std::uint64_t address;
    std::memcpy(&address, bytes, sizeof address);
    if (address == 0) return "NULL";
    char text[24];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(address));
    return text;
}

constexpr FieldTypeRow field_types[] = {
    {FieldType::Char,     "char",     1, [](const char* bytes) { return text_of_bytes({bytes, 1}, 1); }},
    {FieldType::Int,      "int",      4, text_of_number<std::int32_t>},
    {FieldType::Unsigned, "unsigned", 4, text_of_number<std::uint32_t>},
    {FieldType::Long,     "long",     8, text_of_number<std::int64_t>},
    {FieldType::Pointer,  "void*",    8, text_of_pointer},
};

constexpr const FieldTypeRow& row_of(FieldType type) { return field_types[static_cast<std::size_t>(type)]; }

}  // namespace

std::size_t size_of(FieldType type) { return row_of(type).size; }

std::vector<std::string> field_type_names() {
    std::vector<std::string> names;
    for (const FieldTypeRow& row : field_types) names.emplace_back(row.name);
    return names;
}

bool parse_field_type(std::string_view text, MemoryField& field) {
    const std::size_t bracket = std::min(text.find('['), text.size());
    const auto row = std::ranges::find(field_types, text.substr(0, bracket), &FieldTypeRow::name);
    if (row == std::end(field_types)) return false;
    field.type = row->type;
    field.count = 1;
    text.remove_prefix(bracket);
    if (text.empty()) return true;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), field.count);
    return error == std::errc{} && std::string_view(end, static_cast<std::size_t>(text.data() + text.size() - end)) == "]" && field.count >= 1 && field.count <= 4096;
}

std::optional<std::string> text_of_field(const MemoryField& field, std::string_view bytes) {
    if (field.offset > bytes.size() || bytes.size() - field.offset < size_of(field)) return std::nullopt;
    bytes = bytes.substr(field.offset, size_of(field));
    if (field.type == FieldType::Char) {   // text, to its NUL
        const std::string_view text = bytes.substr(0, bytes.find('\0'));
        return text_of_bytes(text, text.size());
    }
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += size_of(field.type)) text += (at == 0 ? "" : ", ") + row_of(field.type).text(bytes.data() + at);
    return text;
}

std::string hex_of_bytes(std::string_view bytes, std::uint64_t offset, std::size_t most) {
    std::string text;
    for (std::uint64_t i = offset; i < bytes.size() && i - offset < most; ++i) {
        char pair[4];
        std::snprintf(pair, sizeof pair, "%02x", static_cast<unsigned char>(bytes[i]));
        text += (text.empty() ? "" : " ") + std::string(pair);
    }
    return text;
}

}  // namespace ipcscope
