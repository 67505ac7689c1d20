-- Keys by which the web side protects what it gives to browsers, as XML of ASP.NET Core's data protection.
CREATE TABLE data_protection_keys (
  friendly_name TEXT NOT NULL PRIMARY KEY,
  xml           TEXT NOT NULL
);
