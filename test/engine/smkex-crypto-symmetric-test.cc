/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-crypto-test-doubles.h"

#include "ns3/smkex-crypto.h"
#include "ns3/test.h"

using namespace ns3;
using namespace smkex;

namespace
{

Bytes
BytesOf(const std::string& text)
{
    return ByteView(text).ToBytes();
}

class HashCase : public TestCase
{
  public:
    HashCase()
        : TestCase("SHA-256 and HMAC match FIPS 180-4 and RFC 4231; parts are concatenated")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(ToHex(Sha256({})),
                              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                              "of nothing");
        const std::string abc("abc");
        NS_TEST_EXPECT_MSG_EQ(ToHex(Sha256({abc})),
                              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                              "of abc");
        const std::string a("a");
        const std::string bc("bc");
        NS_TEST_EXPECT_MSG_EQ((Sha256({a, {}, bc}) == Sha256({abc})), true, "in parts");

        NS_TEST_EXPECT_MSG_EQ(ToHex(HmacSha256(Bytes(20, 0x0b), BytesOf("Hi There"))),
                              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
                              "RFC 4231, 4.2");
        NS_TEST_EXPECT_MSG_EQ(
            ToHex(HmacSha256(BytesOf("Jefe"), BytesOf("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "RFC 4231, 4.3");
        NS_TEST_EXPECT_MSG_EQ(
            ToHex(HmacSha256(Bytes(131, 0xaa),
                             BytesOf("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            "RFC 4231, 4.7: a key longer than a block");
        // A key of exactly a block is not hashed first: RFC 2104's definition, with the key 0.
        NS_TEST_EXPECT_MSG_EQ((HmacSha256(Bytes(64, 0), abc) ==
                               Sha256({Bytes(64, 0x5c), Sha256({Bytes(64, 0x36), abc})})),
                              true,
                              "a key of a block");
    }
};

class HkdfCase : public TestCase
{
  public:
    HkdfCase()
        : TestCase("HKDF matches RFC 5869; a longer output continues a shorter one")
    {
    }

  private:
    void DoRun() override
    {
        const Bytes ikm(22, 0x0b);
        const Bytes salt = FromHex("000102030405060708090a0b0c");
        const Bytes info = FromHex("f0f1f2f3f4f5f6f7f8f9");
        NS_TEST_EXPECT_MSG_EQ(
            ToHex(HkdfSha256(ikm, salt, info, 42)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
            "A.1");
        NS_TEST_EXPECT_MSG_EQ(
            ToHex(HkdfSha256(ikm, {}, {}, 42)),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
            "A.3: neither salt nor info");
        const Bytes longest = HkdfSha256(ikm, salt, info, 8160);
        for (const std::size_t size : {0, 1, 31, 32, 33, 64, 8159})
        {
            NS_TEST_EXPECT_MSG_EQ(
                (ByteView(longest).First(size) == HkdfSha256(ikm, salt, info, size)),
                true,
                size << " octets");
        }
    }
};

class AeadCase : public TestCase
{
  public:
    AeadCase()
        : TestCase("AES-128-GCM matches its designers' vectors; what was changed does not open")
    {
    }

  private:
    void DoRun() override
    {
        const Bytes key = FromHex("feffe9928665731c6d6a8f9467308308");
        const Bytes nonce = FromHex("cafebabefacedbaddecaf888");
        const Bytes additional = FromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        const Bytes plaintext =
            FromHex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809"
                    "532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
        const Bytes sealed = SealAes128Gcm(key, nonce, additional, plaintext);
        NS_TEST_EXPECT_MSG_EQ(ToHex(sealed),
                              "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
                              "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
                              "5bc94fbc3221a5db94fae95ae7121a47",
                              "test case 4: a nonce of 12 octets");
        NS_TEST_EXPECT_MSG_EQ(
            ToHex(SealAes128Gcm(key, FromHex("cafebabefacedbad"), additional, plaintext)),
            "61353b4c2806934a777ff51fa22a4755699b2a714fcdc6f83766e5f97b6c7423"
            "73806900e49f24b22b097544d4896b424989b5e1ebac0f07c23f4598"
            "3612d2e79e3b0785561be14aaca2fccb",
            "test case 5: a nonce of 8 octets");
        NS_TEST_EXPECT_MSG_EQ(ToHex(SealAes128Gcm(Bytes(16, 0), Bytes(12, 0), {}, {})),
                              "58e2fccefa7e3061367f1d57a4e7455a",
                              "test case 1: nothing to seal");

        // The nonce was computed so that the counter is 2^32 - 1 in the block before the first; the
        // result, from AES alone and arithmetic in the field. Crypto++ 8.7 gives another one.
        NS_TEST_EXPECT_MSG_EQ(
            ToHex(SealAes128Gcm(BytesOf("smkex: AES key 1"),
                                FromHex("2c95e5cef575e32e209f6394193b1218"),
                                {},
                                BytesOf("The counter returns to 0 behind the first block."))),
            "7b28fb0190c53efb0ff66e434642647ed328b34115ea8e5e6de72c999754765b"
            "5ef6ec12ad70b61974c88d7c25efc725038b8d398ebd1af0b01969b037541075",
            "the counter's 32 bits wrap");

        const auto opened = OpenAes128Gcm(key, nonce, additional, sealed);
        NS_TEST_ASSERT_MSG_EQ(opened.has_value(), true, "opens");
        NS_TEST_EXPECT_MSG_EQ(ToHex(*opened), ToHex(plaintext), "to what was sealed");
        for (std::size_t i = 0; i < sealed.size(); ++i)
        {
            Bytes changed = sealed;
            changed[i] ^= 1;
            NS_TEST_EXPECT_MSG_EQ(OpenAes128Gcm(key, nonce, additional, changed).has_value(),
                                  false,
                                  "octet " << i << " changed");
            NS_TEST_EXPECT_MSG_EQ(
                OpenAes128Gcm(key, nonce, additional, ByteView(sealed).First(i)).has_value(),
                false,
                "cut behind " << i << " octets");
        }
        const Bytes otherKey(16, 1);
        const Bytes otherNonce(12, 1);
        NS_TEST_EXPECT_MSG_EQ(OpenAes128Gcm(otherKey, nonce, additional, sealed).has_value(),
                              false,
                              "another key");
        NS_TEST_EXPECT_MSG_EQ(OpenAes128Gcm(key, otherNonce, additional, sealed).has_value(),
                              false,
                              "another nonce");
        NS_TEST_EXPECT_MSG_EQ(OpenAes128Gcm(key, nonce, {}, sealed).has_value(),
                              false,
                              "other additional data");
    }
};

class OwnFaultCase : public TestCase
{
  public:
    OwnFaultCase()
        : TestCase("A caller's own fault ends the program")
    {
    }

  private:
    void DoRun() override
    {
        const Bytes key(16, 0);
        const Bytes nonce(12, 0);
        NS_TEST_EXPECT_MSG_EQ(Aborts([] { HkdfSha256({}, {}, {}, 8161); }),
                              true,
                              "too long an output");
        NS_TEST_EXPECT_MSG_EQ(Aborts([&] { SealAes128Gcm(Bytes(32, 0), nonce, {}, {}); }),
                              true,
                              "a 256-bit key");
        NS_TEST_EXPECT_MSG_EQ(Aborts([&] { SealAes128Gcm(key, {}, {}, {}); }),
                              true,
                              "no nonce to seal with");
        NS_TEST_EXPECT_MSG_EQ(Aborts([&] { OpenAes128Gcm(key, {}, {}, Bytes(16, 0)); }),
                              true,
                              "no nonce to open with");
    }
};

class SymmetricSuite : public TestSuite
{
  public:
    SymmetricSuite()
        : TestSuite("smkex-crypto-symmetric", UNIT)
    {
        AddTestCase(new HashCase, TestCase::QUICK);
        AddTestCase(new HkdfCase, TestCase::QUICK);
        AddTestCase(new AeadCase, TestCase::QUICK);
        AddTestCase(new OwnFaultCase, TestCase::QUICK);
    }
};

const SymmetricSuite g_symmetricSuite;

} // namespace
