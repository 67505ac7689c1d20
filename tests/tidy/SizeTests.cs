using Xunit;

namespace KioskFleet.Tidy.Tests;

public sealed class SizeTests
{
    private const string Product = "protocol/Amounts/Sample.cs";
    private const string Test = "tests/protocol/Sample.cs";

    [Fact]
    public void No_file_is_longer_than_one_can_keep_in_mind() =>
        Findings.AssertNone(Tree.Code.SelectMany(SizeRules.FileLength));

    [Fact]
    public void No_line_is_wider_than_120_columns() => Findings.AssertNone(Tree.Code.SelectMany(SizeRules.LineWidth));

    [Fact]
    public void No_method_of_the_product_is_longer_than_60_lines() =>
        Findings.AssertNone(Tree.ProductCode.SelectMany(SizeRules.MethodLength));

    [Fact]
    public void No_constructor_of_the_product_takes_more_than_6_parameters() =>
        Findings.AssertNone(Tree.ProductCode.SelectMany(SizeRules.ConstructorParameters));

    [Theory]
    [InlineData(Product, 300, 301)]
    [InlineData(Test, 400, 401)]
    public void A_file_too_long_is_found(string path, int allowed, int tooLong)
    {
        Findings.AssertNone(SizeRules.FileLength(new SourceFile(path, Lines(allowed))));
        Findings.AssertThat(SizeRules.FileLength(new SourceFile(path, Lines(tooLong))), $"{tooLong} lines");
    }

    [Fact]
    public void A_line_too_wide_is_found_with_its_number()
    {
        var text = $"// {new string('a', 117)}\n// {new string('b', 118)}\n";
        Findings.AssertThat(SizeRules.LineWidth(new SourceFile(Product, text)), ":2: 121 columns");
    }

    [Theory]
    [InlineData("class A\n{\n/// <summary>Not counted.</summary>\nvoid M()\n{\n", "}\n}\n", 3)]
    [InlineData("class A\n{\nA()\n{\n", "}\n}\n", 3)]
    [InlineData("class A\n{\nint P\n{\nget\n{\n", "return 1;\n}\n}\n}\n", 4)]
    [InlineData("class A\n{\nint M() =>\n", "1;\n}\n", 2)]
    public void A_method_too_long_is_found_whatever_its_kind(string before, string after, int ownLines)
    {
        var allowed = before + Lines(60 - ownLines) + after;
        var tooLong = before + Lines(61 - ownLines) + after;
        Findings.AssertNone(SizeRules.MethodLength(new SourceFile(Product, allowed)));
        Findings.AssertThat(SizeRules.MethodLength(new SourceFile(Product, tooLong)), "61 lines in a method");
    }

    [Fact]
    public void A_program_too_long_is_found()
    {
        var text = string.Concat(Enumerable.Repeat("Console.WriteLine();\n", 61));
        Findings.AssertThat(SizeRules.MethodLength(new SourceFile("simulators/Program.cs", text)), "61 lines of top");
    }

    [Fact]
    public void A_constructor_with_too_many_parameters_is_found_written_out_or_primary()
    {
        const string six = "int a, int b, int c, int d, int e, int f";
        const string sixteen = $"{six}, int g, int h, int i, int j, int k, int l, int m, int n, int o, int p";
        var text = $$"""
            class Fine({{six}}) { Fine({{six}}) { } }
            class Primary({{six}}, int g);
            class Written { Written({{six}}, int g) { } }
            record Row({{sixteen}});
            record struct Wide({{sixteen}}, int q);
            """;
        Findings.AssertThat(
            SizeRules.ConstructorParameters(new SourceFile(Product, text)),
            ":3: 7 parameters",
            "Primary has 7",
            "Wide has 17");
    }

    private static string Lines(int count) => string.Concat(Enumerable.Repeat("// line\n", count));
}
