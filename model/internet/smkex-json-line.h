/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_JSON_LINE_H
#define SMKEX_JSON_LINE_H

#include <charconv>
#include <string>
#include <string_view>
#include <type_traits>

namespace smkex
{

/** `text` as a JSON string (RFC 8259, section 7); it must be UTF-8 or plain ASCII. */
std::string JsonString(std::string_view text);

/**
 * Values as JSON text. Floating-point numbers, which must be finite, get as many digits as make
 * them out exactly.
 */
template <typename T>
std::string
ToJson(const T& value)
{
    if constexpr (std::is_same_v<T, bool>)
    {
        return value ? "true" : "false";
    }
    else if constexpr (std::is_arithmetic_v<T>)
    {
        char text[32];
        return {text, std::to_chars(text, text + sizeof text, value).ptr};
    }
    else if constexpr (std::is_convertible_v<const T&, std::string_view>)
    {
        return JsonString(value);
    }
    else
    {
        std::string list = "[";
        for (const auto& element : value)
        {
            list += (list.size() > 1 ? ", " : "") + ToJson(element);
        }
        return list + "]";
    }
}

/** One JSON object on one line, its keys in the order in which they are added. */
class JsonLine
{
  public:
    /** \param value a number, truth value, string, or container of such */
    template <typename T>
    JsonLine& Add(std::string_view key, const T& value)
    {
        return AddText(key, ToJson(value));
    }

    JsonLine& AddNull(std::string_view key)
    {
        return AddText(key, "null");
    }

    /** \param json a value that is JSON text already */
    JsonLine& AddText(std::string_view key, const std::string& json)
    {
        m_members += (m_members.empty() ? "" : ", ") + JsonString(key) + ": " + json;
        return *this;
    }

    /** The object, without an end of line. */
    std::string Text() const
    {
        return "{" + m_members + "}";
    }

  private:
    std::string m_members;
};

inline std::string
JsonString(std::string_view text)
{
    constexpr char HEX[] = "0123456789abcdef";
    std::string quoted = "\"";
    for (const char c : text)
    {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20)
        {
            quoted += std::string("\\u00") + HEX[byte >> 4] + HEX[byte & 15];
            continue;
        }
        if (c == '"' || c == '\\')
        {
            quoted += '\\';
        }
        quoted += c;
    }
    return quoted + "\"";
}

} // namespace smkex

#endif // SMKEX_JSON_LINE_H
